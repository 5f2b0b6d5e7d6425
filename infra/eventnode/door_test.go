package eventnode

import (
	"bytes"
	"context"
	"encoding/base64"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/crypto/bcrypt"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	featurespb "github.com/EventStore/EventStore-Client-Go/v4/protos/serverfeatures"
	streamspb "github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
)

// cheapHash verifies quickly; what is tested is not how long it takes.
func cheapHash(tb testing.TB, password string) string {
	tb.Helper()
	hash, err := bcrypt.GenerateFromPassword([]byte(password), bcrypt.MinCost)
	if err != nil {
		tb.Fatal(err)
	}
	return string(hash)
}

func usersFile(tb testing.TB, content string) string {
	tb.Helper()
	file := filepath.Join(tb.TempDir(), "users")
	writeUsers(tb, file, content)
	return file
}

// writeUsers replaces the file, as tools and careful people do.
func writeUsers(tb testing.TB, file, content string) {
	tb.Helper()
	if err := os.WriteFile(file+".new", []byte(content), 0o600); err != nil {
		tb.Fatal(err)
	}
	if err := os.Rename(file+".new", file); err != nil {
		tb.Fatal(err)
	}
}

func openUsers(tb testing.TB, file string) *Users {
	tb.Helper()
	users, err := OpenUsers(file, quiet())
	if err != nil {
		tb.Fatal(err)
	}
	return users
}

func (u *Users) right(tb testing.TB, login, password string) bool {
	tb.Helper()
	right, err := u.verify(tb.Context(), login, password)
	if err != nil {
		tb.Fatal(err)
	}
	return right
}

// TestUsersFile names the line of each mistake, and never repeats a secret.
func TestUsersFile(t *testing.T) {
	t.Parallel()
	hash := cheapHash(t, "correct horse")
	for content, want := range map[string]string{
		"":                                     "names nobody",
		"# only words\n\n":                     "names nobody",
		"vera\n":                               "line 1: it is not of the form login:secret",
		"vera:sesame-1\noleg\n":                "line 2: it is not",
		":sesame-1\n":                          "line 1: the login is empty",
		"vera:\n":                              "line 1: the secret is empty",
		"vera: sesame-1\n":                     "line 1: the secret begins or ends with a space",
		"vera :sesame-1\n":                     "space around",
		"vera:sesame-1 \n":                     "line 1: the secret begins or ends with a space",
		"# one\nvera:sesame-1\n\nvera:other\n": "line 4: vera has a line already, 2",
		"vera:$6$salt$sesame-1\n":              "line 1: the secret begins with $ and is not a bcrypt hash",
		"vera:" + hash[:40] + "\n":             "not a bcrypt hash",
	} {
		_, err := OpenUsers(usersFile(t, content), quiet())
		switch {
		case err == nil:
			t.Errorf("%q is taken", content)
		case !strings.Contains(err.Error(), want):
			t.Errorf("%q: %v, want %q", content, err, want)
		case strings.Contains(err.Error(), "sesame"):
			t.Errorf("%q: the error tells the secret: %v", content, err)
		}
	}
	if _, err := OpenUsers(filepath.Join(t.TempDir(), "none"), quiet()); err == nil || !strings.Contains(err.Error(), "no such file") {
		t.Errorf("a missing file: %v", err)
	}
}

func TestVerify(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", maxPassword)
	users := openUsers(t, usersFile(t, "# people\nvera:"+cheapHash(t, "correct horse")+"\r\nroot:colon:in:it\nlong:"+cheapHash(t, long)))
	for _, c := range []struct {
		login, password string
		want            bool
	}{
		{"vera", "correct horse", true},
		{"vera", "correct horse", true}, // remembered
		{"vera", "correct horsf", false},
		{"vera", "", false},
		{"root", "colon:in:it", true},
		{"root", "colon", false},
		{"root", "correct horse", false},
		{"nobody", "correct horse", false},
		{"", "", false},
		{"long", long, true},
		{"long", long + "y", false},
	} {
		if got := users.right(t, c.login, c.password); got != c.want {
			t.Errorf("%s with %q: %v", c.login, c.password, got)
		}
	}
}

// TestVerifiedIsRemembered lets the hash be paid for once, and forgets who has not come
// for a while. A slot that is taken stands for the hash.
func TestVerifiedIsRemembered(t *testing.T) {
	t.Parallel()
	users := openUsers(t, usersFile(t, "vera:"+cheapHash(t, "correct horse")))
	now := time.Unix(1_800_000_000, 0)
	users.now = func() time.Time { return now }
	users.slots = make(chan struct{}, 1)
	hashed := func(password string) bool {
		users.slots <- struct{}{} // whoever wants to hash waits
		defer func() { <-users.slots }()
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		right, err := users.verify(ctx, "vera", password)
		return err != nil || !right
	}
	if !hashed("correct horse") {
		t.Fatal("a first call is let in without looking at the hash")
	}
	if !users.right(t, "vera", "correct horse") {
		t.Fatal("the right password is refused")
	}
	for range 3 { // used again and again, it stays
		now = now.Add(verifiedFor - time.Second)
		if hashed("correct horse") {
			t.Fatal("a password that was right is hashed again")
		}
	}
	if !hashed("wrong horse") {
		t.Error("another password is let in by memory")
	}
	now = now.Add(verifiedFor + time.Second)
	if !hashed("correct horse") {
		t.Error("a password that nobody used is not forgotten")
	}
}

// TestUsersChange takes a changed file from the next call on; one with a mistake, or
// none, changes nothing and is said once.
func TestUsersChange(t *testing.T) {
	t.Parallel()
	file := usersFile(t, "vera:"+cheapHash(t, "first one"))
	var log lockedBuffer
	users, err := OpenUsers(file, slog.New(slog.NewTextHandler(&log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	if !users.right(t, "vera", "first one") {
		t.Fatal("the first password is refused")
	}
	writeUsers(t, file, "vera:"+cheapHash(t, "second one")+"\noleg:plain text\n")
	if users.right(t, "vera", "first one") || !users.right(t, "vera", "second one") || !users.right(t, "oleg", "plain text") {
		t.Error("the changed file is not in force")
	}
	if text := log.String(); !strings.Contains(text, "a password lies open") || !strings.Contains(text, "login=oleg") || strings.Contains(text, "plain text") {
		t.Errorf("a plain password is not warned about as it should be: %s", text)
	}
	writeUsers(t, file, "mistake\n")
	for range 3 {
		if !users.right(t, "vera", "second one") {
			t.Error("a mistake in the file locks people out")
		}
	}
	if n := strings.Count(log.String(), "line 1: it is not of the form"); n != 1 {
		t.Errorf("the mistake is reported %d times: %s", n, log.String())
	}
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	if !users.right(t, "vera", "second one") || users.right(t, "mistake", "") {
		t.Error("a file that has gone changes who may come in")
	}
	writeUsers(t, file, "oleg:"+cheapHash(t, "third one"))
	if users.right(t, "vera", "second one") {
		t.Error("vera is no user any more and is let in")
	}
}

func TestOpenFilesAreWarnedAbout(t *testing.T) {
	t.Parallel()
	file := usersFile(t, "vera:plain text")
	for mode, want := range map[os.FileMode]bool{0o600: false, 0o640: true, 0o604: true} {
		if err := os.Chmod(file, mode); err != nil {
			t.Fatal(err)
		}
		var log lockedBuffer
		if _, err := OpenUsers(file, slog.New(slog.NewTextHandler(&log, nil))); err != nil {
			t.Fatal(err)
		}
		if warned := strings.Contains(log.String(), "open to others"); warned != want {
			t.Errorf("mode %o: warned %v: %s", mode, warned, log.String())
		}
	}
}

func TestSetPassword(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "users")
	if err := SetPassword(file, "vera", "длинный пароль"); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(file)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatal(info, err)
	}
	writeUsers(t, file, "# people\noleg:plain text\nvera:"+cheapHash(t, "old one")+"\n# end")
	link := file + ".link"
	if err := os.Symlink(file, link); err != nil {
		t.Fatal(err)
	}
	for _, login := range []string{"vera", "nina"} {
		if err := SetPassword(link, login, "new password"); err != nil {
			t.Fatal(err)
		}
	}
	users := openUsers(t, file)
	if users.right(t, "vera", "old one") || !users.right(t, "vera", "new password") || !users.right(t, "nina", "new password") || !users.right(t, "oleg", "plain text") {
		t.Error("the file does not hold what was set")
	}
	content, err := os.ReadFile(file)
	if err != nil || !bytes.HasPrefix(content, []byte("# people\noleg:plain text\nvera:$2a$10$")) || !bytes.Contains(content, []byte("\n# end\nnina:$2a$10$")) {
		t.Errorf("the other lines are not as they were: %v\n%s", err, content)
	}
	left, err := os.ReadDir(filepath.Dir(file))
	if err != nil || len(left) != 2 {
		t.Errorf("it leaves %v behind", left)
	}
	for _, c := range [][2]string{{"a:b", "long enough"}, {"", "long enough"}, {"#a", "long enough"}, {"a", "short"}, {"a", strings.Repeat("x", 73)}, {"a", "two\nlines it has"}} {
		if err := SetPassword(file, c[0], c[1]); err == nil {
			t.Errorf("%q with %q is taken", c[0], c[1])
		}
	}
	writeUsers(t, file, "mistake\n")
	if err := SetPassword(file, "vera", "new password"); err == nil || !strings.Contains(err.Error(), "line 1") {
		t.Errorf("a file with a mistake is added to: %v", err)
	}
}

// TestAdmit tells apart who has said nothing from who has said something wrong.
func TestAdmit(t *testing.T) {
	t.Parallel()
	door := &Door{Users: openUsers(t, usersFile(t, "vera:correct horse"))}
	basic := func(text string) string { return "Basic " + base64.StdEncoding.EncodeToString([]byte(text)) }
	read, features := streamspb.Streams_Read_FullMethodName, featurespb.ServerFeatures_GetSupportedMethods_FullMethodName
	for _, c := range []struct {
		name, method string
		header       []string
		want         codes.Code
	}{
		{"anonymous", read, nil, codes.Unauthenticated},
		{"anonymous, looking around", features, nil, codes.OK},
		{"right", read, []string{basic("vera:correct horse")}, codes.OK},
		{"right, in small letters", read, []string{"basic" + basic("vera:correct horse")[5:]}, codes.OK},
		{"wrong password", read, []string{basic("vera:wrong")}, codes.Unauthenticated},
		{"wrong password, looking around", features, []string{basic("vera:wrong")}, codes.Unauthenticated},
		{"no password", read, []string{basic("vera")}, codes.Unauthenticated},
		{"unknown", read, []string{basic("oleg:correct horse")}, codes.Unauthenticated},
		{"not base64", read, []string{"Basic ***"}, codes.Unauthenticated},
		{"a token", read, []string{"Bearer " + basic("vera:correct horse")[6:]}, codes.Unauthenticated},
		{"two at once", read, []string{basic("vera:correct horse"), basic("vera:wrong")}, codes.Unauthenticated},
		{"empty", features, []string{""}, codes.Unauthenticated},
	} {
		ctx := t.Context()
		if c.header != nil {
			ctx = metadata.NewIncomingContext(ctx, metadata.MD{"authorization": c.header})
		}
		if got := status.Code(answerError(ctx, door.admit(ctx, c.method))); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

func TestServeGuardedNeedsBoth(t *testing.T) {
	t.Parallel()
	node := openNode(t, memConfig())
	lis, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := node.ServeGuarded(lis, "", Door{Users: openUsers(t, usersFile(t, "vera:correct horse"))}); err == nil {
		t.Error("a door without a certificate is opened")
	}
	if _, err := lis.Accept(); err == nil {
		t.Error("the listener is still open")
	}
}

// lockedBuffer is a log that is read while it is written.
type lockedBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}
