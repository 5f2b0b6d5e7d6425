package commands

import (
	"time"

	"github.com/letopis-crm/letopis/domain"
)

// FinishFileImport records that a file was taken in, with what came of its rows.
type FinishFileImport struct{ domain.FileWasImported }

func (c FinishFileImport) Decide(s domain.FileImport, _ time.Time) ([]domain.Event[domain.FileImport], error) {
	return s.Finish(c.FileWasImported)
}
