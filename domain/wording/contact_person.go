package wording

func init() {
	Say("contact_person.registered", "Внесено контактное лицо: {last_name}[ {first_name}][, {position}]", "Contact person registered: [{first_name} ]{last_name}[, {position}]", "comment")
	Say("contact_person.details_changed", "Изменены сведения о контактном лице: {changes.field:word}", "Contact person's details changed: {changes.field:word}", "")
	Say("contact_person.contacts_changed", "Изменены способы связи с контактным лицом", "Ways to reach the contact person changed", "")
	Say("contact_person.joined", "Новое место работы контактного лица: {counterparty_id:counterparty}[, {position}]", "Contact person works at {counterparty_id:counterparty}[, {position}]", "")
	Say("contact_person.left", "Контактное лицо уволилось {to:date}: {counterparty_id:counterparty}", "Contact person left {counterparty_id:counterparty} on {to:date}", "reason")
	Say("contact_person.do_not_contact_set", "Просит не беспокоить: {reason}", "Asks not to be contacted: {reason}", "reason")
	Say("contact_person.do_not_contact_lifted", "Снова разрешает обращаться: {reason}", "May be contacted again: {reason}", "reason")
	Say("contact_person.consent_given", "Контактное лицо дало согласие: {channel:word}, {scope:word}", "Contact person gave consent: {channel:word}, {scope:word}", "text_shown")
	Say("contact_person.consent_withdrawn", "Контактное лицо отозвало согласие: {channel:word}, {scope:word}", "Contact person withdrew consent: {channel:word}, {scope:word}", "")
	Say("contact_person.decision_role_given", "Роль в принятии решений: {role:word}[, {topic}]", "Role in decisions: {role:word}[, {topic}]", "")
	Say("contact_person.decision_role_withdrawn", "Роль в принятии решений снята: {role:word}[, {topic}]", "No longer in the role: {role:word}[, {topic}]", "")
	Say("contact_person.row_imported", "Загружены новые данные о контактном лице из {source:word}", "New data about the contact person imported from {source:word}", "")

	for code, words := range map[string][2]string{
		"decision_maker": {"принимает решение", "decision maker"}, "economic_buyer": {"распоряжается деньгами", "economic buyer"},
		"technical_evaluator": {"оценивает технически", "technical evaluator"}, "influencer": {"влияет на решение", "influencer"},
		"gatekeeper": {"решает, кого допустить", "gatekeeper"}, "user": {"пользуется результатом", "user"},
		"champion": {"наш сторонник", "champion"}, "opponent": {"наш противник", "opponent"},
	} {
		Words("decision_role."+code, words[0], words[1])
		Words(code, words[0], words[1])
	}
	for code, words := range map[string][2]string{
		"email": {"электронная почта", "e-mail"}, "sms": {"СМС", "SMS"}, "call": {"звонок", "call"},
		"messenger": {"мессенджер", "messenger"}, "letter": {"письмо", "letter"},
	} {
		Words("channel."+code, words[0], words[1])
		Words(code, words[0], words[1])
	}
	Words("advertising", "реклама", "advertising")
	Words("service", "обслуживание", "service")
}
