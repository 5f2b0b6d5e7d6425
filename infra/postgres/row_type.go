package postgres

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"github.com/letopis-crm/letopis/projections"
)

// tableColumn is one column of a table as the database has it.
type tableColumn struct {
	Name string
	Type string
	OID  uint32
}

// tableColumns are the table's columns in the order of its row type.
func tableColumns(ctx context.Context, db querier, t projections.TableInfo) ([]tableColumn, error) {
	rows, err := db.Query(ctx, `select attname as name, format_type(atttypid, null) as type, atttypid as oid from pg_attribute
		where attrelid = $1::regclass and attnum > 0 and not attisdropped order by attnum`, quote(t.Name))
	if err != nil {
		return nil, err
	}
	columns, err := pgx.CollectRows(rows, pgx.RowToStructByName[tableColumn])
	if err != nil {
		return nil, fmt.Errorf("columns of table %s: %w", t.Name, err)
	}
	return columns, nil
}

// registerRowType teaches the connection to send arrays of the table's rows in binary form. A column of a type that pgx
// does not know can only be null there, which is enough for columns that the database generates.
func registerRowType(ctx context.Context, tx pgx.Tx, table string, columns []tableColumn) error {
	row, array := &pgtype.Type{Name: quote(table)}, &pgtype.Type{Name: quote(table) + "[]"}
	err := tx.QueryRow(ctx, `select oid, typarray from pg_type where typrelid = $1::regclass`, quote(table)).Scan(&row.OID, &array.OID)
	if err != nil {
		return fmt.Errorf("row type of table %s: %w", table, err)
	}
	types := tx.Conn().TypeMap()
	fields := make([]pgtype.CompositeCodecField, len(columns))
	for i, c := range columns {
		known, ok := types.TypeForOID(c.OID)
		if !ok {
			known = &pgtype.Type{Name: c.Type, OID: c.OID, Codec: pgtype.TextCodec{}}
		}
		fields[i] = pgtype.CompositeCodecField{Name: c.Name, Type: known}
	}
	row.Codec = &pgtype.CompositeCodec{Fields: fields}
	array.Codec = &pgtype.ArrayCodec{ElementType: row}
	types.RegisterType(row)
	types.RegisterType(array)
	return nil
}

// rowLayout says for each column of a table which field of the row struct it comes from; -1: the database makes it.
type rowLayout []int

func layoutOf(t projections.TableInfo, columns []tableColumn) rowLayout {
	field := make(map[string]int, len(t.Columns))
	for i, c := range t.Columns {
		field[c] = i
	}
	layout := make(rowLayout, len(columns))
	for i, c := range columns {
		at, ok := field[c.Name]
		if !ok {
			at = -1
		}
		layout[i] = at
	}
	return layout
}

// records are the rows as values of the table's row type.
func (l rowLayout) records(rows []any) (pgtype.FlatArray[pgtype.CompositeFields], error) {
	records := make(pgtype.FlatArray[pgtype.CompositeFields], len(rows))
	for i, row := range rows {
		values, err := rowValues(row)
		if err != nil {
			return nil, err
		}
		records[i] = make(pgtype.CompositeFields, len(l))
		for column, field := range l {
			if field >= 0 {
				records[i][column] = values[field]
			}
		}
	}
	return records, nil
}
