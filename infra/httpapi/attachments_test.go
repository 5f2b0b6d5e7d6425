package httpapi_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/letopis-crm/letopis/commands"
	"github.com/letopis-crm/letopis/domain"
	"github.com/letopis-crm/letopis/readmodels"
)

// sent is an answer whose body was read.
type sent struct {
	status int
	header http.Header
	body   string
}

func (k *kit) bytes(role domain.Role, method, path string, body io.Reader, headers ...string) sent {
	k.t.Helper()
	r, err := http.NewRequestWithContext(k.t.Context(), method, k.url+path, body)
	if err != nil {
		k.t.Fatal(err)
	}
	if role != "" {
		r.Header.Set("Authorization", "Bearer "+k.token[role])
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	response, err := client.Do(r)
	if err != nil {
		k.t.Fatal(err)
	}
	defer response.Body.Close()
	raw, err := io.ReadAll(response.Body)
	if err != nil {
		k.t.Fatal(err)
	}
	return sent{response.StatusCode, response.Header, string(raw)}
}

// upload keeps a content and returns its digest.
func (k *kit) upload(role domain.Role, content, name string) string {
	k.t.Helper()
	got := k.bytes(role, "POST", "/v1/files?name="+name, strings.NewReader(content))
	var kept struct {
		SHA256 string `json:"sha256"`
	}
	if err := json.Unmarshal([]byte(got.body), &kept); err != nil || got.status != http.StatusCreated {
		k.t.Fatalf("upload: %d %s", got.status, got.body)
	}
	return kept.SHA256
}

// attach puts a content beside a record and returns the attachment's id.
func (k *kit) attach(role domain.Role, about domain.Ref, name, digest string) string {
	k.t.Helper()
	body, err := json.Marshal(map[string]any{"about": about, "name": name, "sha256": digest})
	if err != nil {
		k.t.Fatal(err)
	}
	status, answer := k.send(role, "POST", "/v1/attachments", string(body))
	var receipt commands.Receipt
	if err := json.Unmarshal([]byte(answer), &receipt); err != nil || status != http.StatusCreated {
		k.t.Fatalf("attach: %d %s", status, answer)
	}
	return receipt.ID.String()
}

// staffed puts those who ask into the register, and a client beside them.
func (k *kit) staffed() domain.Ref {
	k.t.Helper()
	for _, role := range domain.Roles {
		_, err := commands.Execute(k.t.Context(), k.executor, domain.Employees, k.who[role],
			commands.HireEmployee{Name: domain.EmployeeName{Last: "Орлова", First: string(role)}, Hired: "2020-01-09"},
			commands.Request{CommandID: uuid.New(), Source: domain.SourceImport, Actor: k.who[role]})
		if err != nil {
			k.t.Fatal(err)
		}
	}
	id := domain.NewID[domain.Counterparty]()
	_, err := commands.Execute(k.t.Context(), k.executor, domain.Counterparties, id,
		commands.RegisterCounterparty{CounterpartyRecord: domain.CounterpartyRecord{Kind: domain.KindOrganisation, LegalName: "ООО Ромашка"}},
		commands.NewRequest(k.who[domain.RoleManager], domain.SourceImport))
	if err != nil {
		k.t.Fatal(err)
	}
	return domain.RefTo(domain.Counterparties, id)
}

// project brings the read models to the end of the log.
func (k *kit) project() {
	k.t.Helper()
	all := k.store.All()
	for _, p := range k.projectors {
		if err := p.Apply(k.t.Context(), all, all[len(all)-1].Position); err != nil {
			k.t.Fatal(err)
		}
	}
}

func (k *kit) listed(role domain.Role, query string) []readmodels.AttachmentItem {
	k.t.Helper()
	status, answer := k.send(role, "GET", "/v1/attachments?"+query, "")
	var page readmodels.Page[readmodels.AttachmentItem]
	if err := json.Unmarshal([]byte(answer), &page); err != nil || status != http.StatusOK {
		k.t.Fatalf("list: %d %s", status, answer)
	}
	return page.Items
}

// What is downloaded is what was uploaded, and no browser runs it.
func TestDownload(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	about := k.staffed()
	for _, c := range []struct{ name, content, mediaType, disposition string }{
		{"Договор №7.pdf", "%PDF-1.7 договор", "application/pdf", `attachment; filename="_______ _7.pdf"; filename*=UTF-8''%D0%94%D0%BE%D0%B3%D0%BE%D0%B2%D0%BE%D1%80%20%E2%84%967.pdf`},
		{"page.html", "<!DOCTYPE html><script>alert(1)</script>", "application/octet-stream", `attachment; filename="page.html"; filename*=UTF-8''page.html`},
		{"picture.svg", `<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>`, "application/octet-stream", `attachment; filename="picture.svg"; filename*=UTF-8''picture.svg`},
		{`../../a"b;%\` + "\r\nX: y.txt", "text", "text/plain", `attachment; filename="X_ y.txt"; filename*=UTF-8''X_%20y.txt`},
		{"large.bin", strings.Repeat("1234567\n", maxFile/8), "application/octet-stream", `attachment; filename="large.bin"; filename*=UTF-8''large.bin`},
	} {
		id := k.attach(domain.RoleManager, about, c.name, k.upload(domain.RoleManager, c.content, "x"))
		got := k.bytes(domain.RoleEmployee, "GET", "/v1/attachments/"+id+"/content", nil)
		if got.status != http.StatusOK || got.body != c.content {
			t.Errorf("%s: %d, %d bytes", c.name, got.status, len(got.body))
		}
		for name, want := range map[string]string{
			"Content-Type": c.mediaType, "Content-Disposition": c.disposition, "X-Content-Type-Options": "nosniff", "Cache-Control": "no-store",
			"Content-Security-Policy": "sandbox; default-src 'none'; frame-ancestors 'none'",
		} {
			if got.header.Get(name) != want {
				t.Errorf("%s: %s is %q, want %q", c.name, name, got.header.Get(name), want)
			}
		}
	}
}

func TestDownloadOfAPart(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	path := "/v1/attachments/" + k.attach(domain.RoleManager, k.staffed(), "a.txt", k.upload(domain.RoleManager, "0123456789", "a.txt")) + "/content"
	for _, c := range []struct {
		part, body, told string
		status           int
	}{
		{"bytes=2-4", "234", "bytes 2-4/10", http.StatusPartialContent},
		{"bytes=-3", "789", "bytes 7-9/10", http.StatusPartialContent},
		{"bytes=20-", "", "bytes */10", http.StatusRequestedRangeNotSatisfiable},
		{"", "0123456789", "", http.StatusOK},
	} {
		got := k.bytes(domain.RoleManager, "GET", path, nil, "Range", c.part)
		if got.status != c.status || got.header.Get("Content-Range") != c.told || c.body != "" && got.body != c.body {
			t.Errorf("%q: %d %q %q", c.part, got.status, got.header.Get("Content-Range"), got.body)
		}
	}
}

// An upload that is refused, or that nobody attaches, gives nobody anything.
func TestUpload(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	about := k.staffed()
	head := k.store.head.Load()
	digest := k.upload(domain.RoleEmployee, "%PDF-1.7", "a.pdf")
	if again := k.bytes(domain.RoleManager, "POST", "/v1/files?name=a.pdf", strings.NewReader("%PDF-1.7"), "Content-Type", "text/html"); again.status != http.StatusCreated ||
		!strings.Contains(again.body, `"size":8`) || !strings.Contains(again.body, `"media_type":"application/pdf"`) || !strings.Contains(again.body, digest) {
		t.Errorf("the same content again: %d %s", again.status, again.body)
	}
	for _, path := range []string{"/v1/files/" + digest, "/v1/files", "/v1/attachments/" + digest + "/content", "/v1/attachments/" + uuid.NewString() + "/content", "/v1/attachments/" + uuid.NewString()} {
		if got := k.bytes(domain.RoleAdministrator, "GET", path, nil); got.status < 400 || strings.Contains(got.body, "PDF") {
			t.Errorf("%s: %d %s", path, got.status, got.body)
		}
	}
	for _, c := range []struct {
		what, path string
		body       io.Reader
		status     int
		code       string
	}{
		{"nothing", "/v1/files", strings.NewReader(""), 422, "file.empty"},
		{"too much", "/v1/files", bytes.NewReader(make([]byte, maxFile+1)), 413, "file.too_large"},
		{"too much of unknown length", "/v1/files", io.MultiReader(bytes.NewReader(make([]byte, maxFile+1))), 413, "file.too_large"},
		{"a long name", "/v1/files?name=" + strings.Repeat("a", 501), strings.NewReader("x"), 422, "invalid"},
		{"another parameter", "/v1/files?nmae=a", strings.NewReader("x"), 422, "invalid"},
		{"too much for any other operation", "/v1/attachments", bytes.NewReader(make([]byte, maxFile)), 413, "too_large"},
	} {
		if got := k.bytes(domain.RoleManager, "POST", c.path, c.body, "Content-Type", "application/json"); got.status != c.status || !strings.Contains(got.body, `"code":"`+c.code+`"`) {
			t.Errorf("%s: %d %s", c.what, got.status, got.body)
		}
	}
	if got := k.bytes("", "POST", "/v1/files", strings.NewReader("x")); got.status != http.StatusUnauthorized {
		t.Errorf("nobody uploads: %d %s", got.status, got.body)
	}
	status, answer := k.send(domain.RoleManager, "POST", "/v1/attachments", `{"about":{"kind":"counterparty","id":"`+about.ID.String()+`"},"name":"a","sha256":"`+strings.Repeat("ab", 32)+`"}`)
	if status != http.StatusUnprocessableEntity || !strings.Contains(answer, `"body.sha256"`) || !strings.Contains(answer, `"file.not_found"`) {
		t.Errorf("attaching what is not there: %d %s", status, answer)
	}
	if k.store.head.Load() != head {
		t.Error("the log changed")
	}
}

// Files are listed under their record and under all clients that it concerns, until they are withdrawn.
func TestAttachmentLists(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	client := k.staffed()
	digest := k.upload(domain.RoleManager, "text", "a.txt")
	item := domain.NewID[domain.WorkItem]()
	if _, err := commands.Execute(t.Context(), k.executor, domain.WorkItems, item,
		commands.PlanWorkItem{Counterparty: domain.CounterpartyID(client.ID), Responsible: k.who[domain.RoleManager], Due: "2026-03-05", Text: "Отвезти договор"},
		commands.NewRequest(k.who[domain.RoleManager], domain.SourceImport)); err != nil {
		t.Fatal(err)
	}
	first := k.attach(domain.RoleManager, client, "a.txt", digest)
	second := k.attach(domain.RoleManager, domain.RefTo(domain.WorkItems, item), "b.txt", digest)
	ofClient, ofItem := "counterparty="+client.ID.String(), "about_kind=work_item&about_id="+item.String()
	k.project()
	if got := k.listed(domain.RoleManager, ofClient); len(got) != 2 || got[0].ID.String() != second || got[1].ID.String() != first ||
		got[0].AboutTitle != "Отвезти договор" || got[1].AboutTitle != "ООО Ромашка" || got[0].AuthorName == "" || got[0].Size != 4 || got[0].MediaType != "text/plain" {
		t.Errorf("of the client: %+v", got)
	}
	if got := k.listed(domain.RoleManager, ofItem); len(got) != 1 || got[0].ID.String() != second {
		t.Errorf("of the work item: %+v", got)
	}
	then := k.executor.Now().Format("2006-01-02T15:04:05.999999999Z07:00")
	for _, c := range []struct{ path, body string }{
		{first + "/describe", `{"name":"c.txt","note":"скан"}`}, {second + "/withdraw", `{"reason":"не тот"}`},
	} {
		if status, answer := k.send(domain.RoleManager, "POST", "/v1/attachments/"+c.path, c.body); status != http.StatusOK {
			t.Fatalf("%s: %d %s", c.path, status, answer)
		}
	}
	k.project()
	if got := k.listed(domain.RoleManager, ofClient); len(got) != 1 || got[0].Name != "c.txt" || got[0].Note != "скан" {
		t.Errorf("afterwards: %+v", got)
	}
	if got := k.listed(domain.RoleManager, ofClient+"&withdrawn=true"); len(got) != 2 || !got[0].Withdrawn || got[0].Reason != "не тот" || got[0].WithdrawerName == "" {
		t.Errorf("with those withdrawn: %+v", got)
	}
	if got := k.listed(domain.RoleManager, ofClient+"&as_of="+then); len(got) != 2 || got[0].Withdrawn || got[1].Name != "a.txt" || got[1].Note != "" {
		t.Errorf("as of then: %+v", got)
	}
	if status, answer := k.send(domain.RoleManager, "GET", "/v1/attachments", ""); status != http.StatusUnprocessableEntity {
		t.Errorf("of nothing: %d %s", status, answer)
	}
	// That it was withdrawn does not unmake it.
	if got := k.bytes(domain.RoleManager, "GET", "/v1/attachments/"+second+"/content", nil); got.status != http.StatusOK || got.body != "text" {
		t.Errorf("the withdrawn one: %d %s", got.status, got.body)
	}
}

// Files beside internal correspondence are found, named and given to its participants alone, by every door.
func TestFilesOfInternalCorrespondence(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	client := k.staffed()
	digest := k.upload(domain.RoleManager, "секрет", "a.txt")
	thread := domain.NewID[domain.InternalThread]()
	if _, err := commands.Execute(t.Context(), k.executor, domain.InternalThreads, thread, commands.OpenThread{
		Kind: domain.ThreadQuestion, Addressees: []domain.EmployeeID{k.who[domain.RoleEmployee]}, Subject: "Скидка", Text: "Какая?",
		Context: domain.ThreadContext{Counterparty: domain.CounterpartyID(client.ID)},
	}, commands.NewRequest(k.who[domain.RoleManager], domain.SourceImport)); err != nil {
		t.Fatal(err)
	}
	id := k.attach(domain.RoleManager, domain.RefTo(domain.InternalThreads, thread), "тайна.txt", digest)
	if status, answer := k.send(domain.RoleManager, "POST", "/v1/attachments/"+id+"/describe", `{"name":"другая тайна.txt"}`); status != http.StatusOK {
		t.Fatal(status, answer)
	}
	k.project()
	ofClient, ofThread := "/v1/attachments?counterparty="+client.ID.String(), "/v1/attachments?about_kind=thread&about_id="+thread.String()
	doors := []string{ofClient, ofThread, "/v1/attachments/" + id, "/v1/attachments/" + id + "/content", "/v1/records/attachment/" + id, "/v1/records/attachment/" + id + "/trail",
		"/v1/counterparties/" + client.ID.String() + "/history?kind=attachment", "/v1/counterparties/" + client.ID.String() + "/history?text=тайна", "/v1/events?kind=attachment"}
	for _, door := range doors {
		for role, knows := range map[domain.Role]bool{domain.RoleManager: true, domain.RoleEmployee: true, domain.RoleComplianceReviewer: false, domain.RoleAdministrator: false} {
			got := k.bytes(role, "GET", strings.ReplaceAll(door, "тайна", "%D1%82%D0%B0%D0%B9%D0%BD%D0%B0"), nil)
			if told := strings.Contains(got.body, "тайна") || strings.Contains(got.body, "секрет"); told != knows || got.status >= 500 || knows && got.status != http.StatusOK {
				t.Errorf("%s as %s: %d %s", door, role, got.status, got.body)
			}
		}
	}
	for _, path := range []string{"describe", "withdraw"} {
		body := map[string]string{"describe": `{"name":"x"}`, "withdraw": `{"reason":"x"}`}[path]
		if status, answer := k.send(domain.RoleAdministrator, "POST", "/v1/attachments/"+id+"/"+path, body); status != http.StatusForbidden {
			t.Errorf("%s by a stranger: %d %s", path, status, answer)
		}
	}
}

// What is left of a body that was refused is not taken for the next request on the same connection.
func TestRestOfARefusedBody(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	for range 5 {
		if got := k.bytes(domain.RoleManager, "POST", "/v1/attachments", bytes.NewReader(make([]byte, maxFile)), "Content-Type", "application/json"); got.status != http.StatusRequestEntityTooLarge {
			t.Errorf("too much: %d %s", got.status, got.body)
		}
		if got := k.bytes("", "GET", "/v1/session", nil); got.status != http.StatusUnauthorized {
			t.Errorf("the next request: %d %s", got.status, got.body)
		}
	}
}
