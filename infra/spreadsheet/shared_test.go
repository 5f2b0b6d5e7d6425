package spreadsheet

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

// sharedFile finds a file of the published data sets beside the project, and
// skips the test where there are none.
func sharedFile(t *testing.T, name string) string {
	t.Helper()
	for _, dir := range []string{os.Getenv("LETOPIS_DATA"), filepath.Join("..", "..", "..", "shared", "data")} {
		path := filepath.Join(dir, name)
		if _, err := os.Stat(path); dir != "" && err == nil {
			return path
		}
	}
	t.Skipf("%s is neither under LETOPIS_DATA nor in ../shared/data beside the project", name)
	return ""
}

func TestCMSHospitals(t *testing.T) {
	t.Parallel()
	r, err := Open(sharedFile(t, "01_counterparties/cms_hospital_general_information.csv.gz"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	m, err := Builtin("cms-hospitals")
	if err != nil {
		t.Fatal(err)
	}
	cov := m.Check(r.Header())
	if err := cov.Err(r.File()); err != nil {
		t.Fatal(err)
	}
	t.Logf("kept under their own names: %q", cov.Unused)

	rows, ids, names, phones, states := 0, map[string]bool{}, map[string]bool{}, map[Phone]bool{}, map[string]int{}
	for row, err := range r.Rows() {
		if problems, ok := errors.AsType[RowErrors](err); ok {
			t.Errorf("row problems: %v", problems)
		} else if err != nil {
			t.Fatal(err)
		}
		rec, errs := m.Apply(row)
		if errs != nil {
			t.Errorf("row %d: %v", row.Number, errs)
		}
		rows++
		ids[rec.ExternalID], names[rec.LegalName], states[rec.Region] = true, true, states[rec.Region]+1
		for _, p := range rec.Phones {
			phones[p] = true
		}
	}
	if rows != 3502 || len(ids) != 3502 || len(names) != 3368 || len(phones) != 3493 {
		t.Errorf("%d rows, %d ids, %d names, %d phones", rows, len(ids), len(names), len(phones))
	}
	for state, want := range map[string]int{"CA": 263, "TX": 254, "FL": 169, "IL": 158, "NY": 152} {
		if states[state] != want {
			t.Errorf("%s has %d, want %d", state, states[state], want)
		}
	}
}

// TestOtherLists reads the other delimited lists to their known ends.
func TestOtherLists(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]int{
		"02_complaints/cfpb_boa_until_2022-06.csv.gz":      46457,
		"03_campaign_calls/uci_bank_full.csv.gz":           45211,
		"08_surveys/uci_turkiye_student_evaluation.csv.gz": 5820,
		"04_event_logs/ibm_client_onboarding.csv.gz":       54224,
	} {
		t.Run(filepath.Base(name), func(t *testing.T) {
			t.Parallel()
			r, err := Open(sharedFile(t, name), Options{})
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = r.Close() }()
			rows := 0
			for row, err := range r.Rows() {
				rows++
				if err != nil {
					t.Fatalf("row %d: %v", row.Number, err)
				}
			}
			if rows != want {
				t.Errorf("%d rows, want %d", rows, want)
			}
			t.Logf("%d rows of %d columns", rows, len(r.Header()))
		})
	}
}
