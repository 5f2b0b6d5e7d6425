package wording_test

import (
	"testing"
	"time"

	"github.com/letopis-crm/letopis/domain"
	"github.com/letopis-crm/letopis/domain/wording"
)

// No event type goes without a sentence in both languages.
func TestEveryEventHasAHeadline(t *testing.T) {
	t.Parallel()
	for _, info := range domain.AllEventTypes() {
		h, ok := wording.Of(info.Name)
		if !ok || h.RU == "" || h.EN == "" {
			t.Errorf("%s has no headline in Russian and English", info.Name)
		}
	}
}

// A sentence leaves out what has no value, and writes shares and amounts as its language does.
func TestRender(t *testing.T) {
	t.Parallel()
	name := func(_, id string) string { return id }
	for _, c := range []struct{ event, data, ru, en string }{
		{"contact_person.decision_role_given", `{"role":"champion"}`, "Роль в принятии решений: наш сторонник", "Role in decisions: champion"},
		{"contact_person.decision_role_given", `{"role":"champion","topic":"обучение"}`, "Роль в принятии решений: наш сторонник, обучение", "Role in decisions: champion, обучение"},
		{"influence.supposed", `{"from_person_id":"Анна","kind":"approves","to_decision":"бюджет"}`, "Предполагается влияние: Анна утверждает → бюджет", "Influence supposed: Анна approves → бюджет"},
		{"audience_group.members_added", `{"person_ids":["1","2"]}`, "В группу включены: контрагентов 0, лиц 2", "Added to the group: 0 counterparties, 2 persons"},
		{"counterparty.details_changed", `{"changes":[{"field":"inn"},{"field":"extra.номер пропуска"}]}`, "Изменены сведения: ИНН, номер пропуска", "Details changed: INN, номер пропуска"},
		{"counterparty.consent_given", `{"channel":"email","scope":"advertising"}`, "Дано согласие: электронная почта, реклама", "Consent given: e-mail, advertising"},
		{"employee.limits_set", `{"limits":{"max_discount_bp":1250,"max_payment_term_days":30,"max_commitment":{"minor":125000050,"currency":"RUB"}}}`,
			"Установлены пределы полномочий: скидка до 12,5 %, отсрочка до 30 дн., обязательства до 1 250 000,50 RUB", "Authority limits set: discount up to 12.5 %, payment term up to 30 days, commitments up to 1,250,000.50 RUB"},
		{"assignment.revised", `{"title":"Проверить смету.","reason":"Так точнее."}`, "Задание уточнено: Проверить смету. Так точнее.", "Assignment revised: Проверить смету. Так точнее."},
		{"attachment.attached", `{"author_id":"Орлова М. С.","name":"договор.pdf","about":{"kind":"contact_person","id":"1"}}`,
			"Орлова М. С.: приложен файл «договор.pdf» (контактное лицо)", "Орлова М. С. attached the file “договор.pdf” (contact person)"},
		{"negotiation.screening_hit", `{"rule":"R3","detail":"90 > 30"}`, "Проверка переговоров: слишком долгая отсрочка платежа (90 > 30)", ""},
	} {
		h, _ := wording.Of(c.event)
		args, _ := h.Args([]byte(c.data))
		for lang, want := range map[wording.Lang]string{wording.Russian: c.ru, wording.English: c.en} {
			if got := h.Render(lang, args, time.UTC, name); want != "" && got != want {
				t.Errorf("%s: got %q, want %q", c.event, got, want)
			}
		}
	}
}
