package domain

// FileImport is a file of another system that was taken in. Its id follows from the digest of the file and how it was
// read, so the same file is known again wherever it lies.
type FileImport struct {
	Rows    int
	Refused int
}

// FileImportID identifies a file that was taken in.
type FileImportID = ID[FileImport]

// FileImportOf is the import of a file: kind is how it is read, mapping by which columns, sha256 its digest.
func FileImportOf(kind, mapping, sha256 string) FileImportID {
	return DerivedID[FileImport](kind, mapping, sha256)
}

// FileImports are the streams "file_import-<id>".
var FileImports = NewCategory("file_import",
	Type[FileWasImported]("file_import.finished"),
)

// FileWasImported says that every row of the file was taken or refused.
type FileWasImported struct {
	Kind      string `json:"kind" public:""`
	Name      string `json:"name" public:""`
	SHA256    string `json:"sha256" public:""`
	Mapping   string `json:"mapping,omitempty" public:""`
	Rows      int    `json:"rows"`
	Created   int    `json:"created"`
	Changed   int    `json:"changed"`
	Unchanged int    `json:"unchanged"`
	Refused   int    `json:"refused"`
}

func (e FileWasImported) Apply(f *FileImport) { f.Rows, f.Refused = e.Rows, e.Refused }

// Finish records the end of an import. A file taken again on purpose is recorded again.
func (f FileImport) Finish(e FileWasImported) ([]Event[FileImport], error) {
	var v Invalid
	v.Require("name", e.Name)
	v.Require("sha256", e.SHA256)
	v.Check(e.Rows == e.Created+e.Changed+e.Unchanged+e.Refused, "rows", "sum", "is not the sum of the outcomes")
	if err := v.Err(); err != nil {
		return nil, err
	}
	return []Event[FileImport]{e}, nil
}
