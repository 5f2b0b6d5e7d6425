package postgres

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// minMajor is the oldest Postgres whose SQL is used here.
const minMajor = 15

// ErrNoBinaries is returned where no usable Postgres is installed.
var ErrNoBinaries = errors.New("no PostgreSQL 15 or newer found. Install it with: apt-get install --yes --no-install-recommends postgresql\n" +
	"or set LETOPIS_PG_BIN to the directory with initdb and postgres, or DATABASE_URL to a running server")

// binaries is a directory with initdb and postgres of one major version.
type binaries struct {
	dir   string
	major int
}

func (b binaries) path(program string) string { return filepath.Join(b.dir, program) }

// findBinaries looks into dir if it is given, else in the usual places, and takes the newest. wanted is the major
// version of an existing data directory, 0 for none: only the same version can open it.
func findBinaries(ctx context.Context, dir string, wanted int) (binaries, error) {
	if dir != "" {
		b, err := binariesIn(ctx, dir)
		if err != nil {
			return b, fmt.Errorf("PostgreSQL programs in %s: %w", dir, err)
		}
		return b, b.fits(wanted)
	}
	var newest binaries
	for _, dir := range usualPlaces(ctx) {
		b, err := binariesIn(ctx, dir)
		if err != nil || b.major < minMajor {
			continue
		}
		if b.major == wanted {
			return b, nil
		}
		if b.major > newest.major {
			newest = b
		}
	}
	if newest.dir == "" {
		return newest, ErrNoBinaries
	}
	return newest, newest.fits(wanted)
}

func (b binaries) fits(wanted int) error {
	if b.major < minMajor {
		return fmt.Errorf("PostgreSQL %d in %s is too old: %d or newer is needed", b.major, b.dir, minMajor)
	}
	if wanted != 0 && b.major != wanted {
		return fmt.Errorf("the data directory was made by PostgreSQL %d, the programs in %s are version %d. "+
			"Install the old version (apt-get install --yes postgresql-%d), or remove the directory: read models are rebuilt from the log",
			wanted, b.dir, b.major, wanted)
	}
	return nil
}

func usualPlaces(ctx context.Context) []string {
	var dirs []string
	if out, err := exec.CommandContext(ctx, "pg_config", "--bindir").Output(); err == nil {
		dirs = append(dirs, strings.TrimSpace(string(out)))
	}
	debian, _ := filepath.Glob("/usr/lib/postgresql/*/bin")
	dirs = append(dirs, debian...)
	if postgres, err := exec.LookPath("postgres"); err == nil {
		dirs = append(dirs, filepath.Dir(postgres))
	}
	slices.Sort(dirs)
	return slices.Compact(dirs)
}

func binariesIn(ctx context.Context, dir string) (binaries, error) {
	b := binaries{dir: dir}
	for _, program := range []string{"initdb", "postgres"} {
		if _, err := exec.LookPath(b.path(program)); err != nil {
			return b, err
		}
	}
	// #nosec G204 -- the operator's own installation
	out, err := exec.CommandContext(ctx, b.path("postgres"), "--version").Output()
	if err != nil {
		return b, err
	}
	b.major, err = majorOf(string(out))
	return b, err
}

// majorOf reads "postgres (PostgreSQL) 15.14 (Debian 15.14-0+deb12u1)".
func majorOf(version string) (int, error) {
	_, number, _ := strings.Cut(version, "(PostgreSQL) ")
	digits := number
	if end := strings.IndexFunc(number, func(r rune) bool { return r < '0' || r > '9' }); end >= 0 {
		digits = number[:end]
	}
	major, err := strconv.Atoi(digits)
	if err != nil {
		return 0, fmt.Errorf("cannot read the version in %q", version)
	}
	return major, nil
}

// dataVersion is the major version that made the data directory, 0 where there is none.
func dataVersion(dir string) (int, error) {
	text, err := os.ReadFile(filepath.Join(dir, "PG_VERSION"))
	if errors.Is(err, os.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	return strconv.Atoi(strings.TrimSpace(string(text)))
}
