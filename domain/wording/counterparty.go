package wording

func init() {
	Say("counterparty.registered", "Контрагент внесён в базу: {legal_name}", "Counterparty registered: {legal_name}", "comment")
	Say("counterparty.details_changed", "Изменены сведения: {changes.field:word}", "Details changed: {changes.field:word}", "")
	Say("counterparty.contacts_changed", "Изменены способы связи", "Ways of contact changed", "")
	Say("counterparty.activated", "Начата работа с контрагентом", "Business with the counterparty began", "reason")
	Say("counterparty.became_dormant", "Работа с контрагентом затихла", "The counterparty became dormant", "reason")
	Say("counterparty.closed", "Отношения с контрагентом закрыты: {reason}", "Relationship closed: {reason}", "reason")
	Say("counterparty.reopened", "Отношения с контрагентом возобновлены", "Relationship reopened", "reason")
	Say("counterparty.role_added", "Добавлена роль: {role:word}", "Role added: {role:word}", "")
	Say("counterparty.role_removed", "Снята роль: {role:word}", "Role removed: {role:word}", "")
	Say("counterparty.responsible_changed", "Сменён ответственный: [{from:employee} → ]{to:employee}", "Responsible employee changed: [{from:employee} → ]{to:employee}", "reason")
	Say("counterparty.parent_changed", "Сменена головная организация[, была {from:counterparty}][, стала {to:counterparty}]", "Parent changed[ from {from:counterparty}][ to {to:counterparty}]", "")
	Say("counterparty.marked_as_key", "Отмечен как ключевой клиент", "Marked as a key account", "reason")
	Say("counterparty.unmarked_as_key", "Отметка ключевого клиента снята", "No longer a key account", "reason")
	Say("counterparty.bank_account_added", "Добавлен счёт {account}[, банк: {bank}]", "Bank account {account}[ at {bank}] added", "")
	Say("counterparty.bank_account_closed", "Счёт {account} закрыт с {until:date}", "Bank account {account} closed on {until:date}", "reason")
	Say("counterparty.signatory_added", "Право подписи: {name}[, {position}]; основание: {authority_document}", "Signatory: {name}[, {position}], by {authority_document}", "")
	Say("counterparty.signatory_withdrawn", "Право подписи № {number} прекращено {valid_until:date}", "Signatory no. {number} withdrawn on {valid_until:date}", "reason")
	Say("counterparty.external_id_added", "Указан номер {external_id} в системе {source:word}", "Number {external_id} in {source:word} noted", "")
	Say("counterparty.row_imported", "Загружены новые данные из {source:word}, строка {external_id}", "New data imported from {source:word}, row {external_id}", "")
	Say("counterparty.consent_given", "Дано согласие: {channel:word}, {scope:word}", "Consent given: {channel:word}, {scope:word}", "text_shown")
	Say("counterparty.consent_withdrawn", "Отозвано согласие: {channel:word}, {scope:word}", "Consent withdrawn: {channel:word}, {scope:word}", "")
	Say("counterparty.merged_into", "Карточка присоединена к другой: {survivor_id:counterparty}", "Merged into {survivor_id:counterparty}", "")
	Say("counterparty.unmerged", "Карточка снова отделена от другой ({survivor_id:counterparty}): {reason}", "Parted from {survivor_id:counterparty} again: {reason}", "reason")
	Say("counterparty.absorbed", "Присоединена карточка: {loser_id:counterparty}", "{loser_id:counterparty} merged into this card", "")
	Say("counterparty.released", "Отделена карточка ({loser_id:counterparty}): {reason}", "{loser_id:counterparty} parted from this card: {reason}", "reason")

	Words("counterparty.state.prospect", "потенциальный", "prospect")
	Words("counterparty.state.active", "действующий", "active")
	Words("counterparty.state.dormant", "затихший", "dormant")
	Words("counterparty.state.closed", "закрыт", "closed")
	Words("counterparty.state.merged", "объединён", "merged")
	Words("counterparty.kind.organisation", "организация", "organisation")
	Words("counterparty.kind.sole_trader", "индивидуальный предприниматель", "sole trader")
	Words("counterparty.kind.natural_person", "физическое лицо", "natural person")

	Words("1c", "1С", "1C")

	sayRequisites()
	sayAudienceGroups()
	sayCounterpartyRoles()
	sayRecordFields()
}

func sayCounterpartyRoles() {
	for code, words := range map[string][2]string{
		"customer": {"потребитель", "customer"}, "partner": {"деловой партнёр", "partner"}, "competitor": {"конкурент", "competitor"},
		"supplier": {"поставщик", "supplier"}, "authority": {"орган власти", "authority"}, "other": {"прочее", "other"},
	} {
		Words("counterparty.role."+code, words[0], words[1])
		Words(code, words[0], words[1])
	}
}

// sayRecordFields words the fields that a correction names.
func sayRecordFields() {
	for code, words := range map[string][2]string{
		"kind": {"вид", "kind"}, "legal_name": {"полное наименование", "full name"}, "short_name": {"краткое наименование", "short name"},
		"country": {"страна", "country"}, "inn": {"ИНН", "INN"}, "kpp": {"КПП", "KPP"}, "ogrn": {"ОГРН", "OGRN"},
		"legal_address": {"юридический адрес", "registered address"}, "actual_address": {"фактический адрес", "actual address"},
		"postal_address": {"почтовый адрес", "postal address"}, "industry_okved": {"вид деятельности", "line of business"},
		"segment": {"сегмент", "segment"}, "region": {"регион", "region"}, "time_zone": {"часовой пояс", "time zone"},
		"source": {"источник", "source"}, "comment": {"комментарий", "comment"}, "since": {"начало отношений", "beginning of the relationship"},
		"last_name": {"фамилия", "family name"}, "first_name": {"имя", "given name"}, "patronymic": {"отчество", "patronymic"},
		"position": {"должность", "position"}, "department": {"отдел", "department"}, "birthday": {"день рождения", "birthday"},
		"language": {"язык", "language"}, "preferred_channel": {"предпочтительный канал", "preferred channel"},
		"phones": {"телефоны", "phones"}, "emails": {"адреса электронной почты", "e-mail addresses"},
		"messengers": {"мессенджеры", "messengers"}, "websites": {"сайты", "web sites"},
	} {
		Words("field."+code, words[0], words[1])
		Words(code, words[0], words[1])
	}
}

func sayRequisites() {
	Say("requisite.claimed", "Реквизиты закреплены: {counterparty_id:counterparty}", "Requisites belong to {counterparty_id:counterparty}", "")
	Say("requisite.released", "Реквизиты освобождены", "Requisites are free again", "")
	Say("requisite.taken_over", "Брошенные реквизиты закреплены: {counterparty_id:counterparty}", "Orphaned requisites now belong to {counterparty_id:counterparty}", "")
}

func sayAudienceGroups() {
	Say("access_log.sealed", "Журнал доступа за час с {hour:time} опечатан, записей {count}", "Access log of the hour from {hour:time} sealed, {count} entries", "")
	Say("access.opened", "Контактную информацию открыл(а): {employee_id:employee}", "Contact information opened by {employee_id:employee}", "purpose")

	Say("audience_group.created", "Создана группа «{name}»", "Group “{name}” created", "")
	Say("audience_group.renamed", "Группа «{from}» переименована в «{to}»", "Group “{from}” renamed “{to}”", "")
	Say("audience_group.members_added", "В группу включены: контрагентов {counterparty_ids:count}, лиц {person_ids:count}", "Added to the group: {counterparty_ids:count} counterparties, {person_ids:count} persons", "")
	Say("audience_group.members_removed", "Из группы исключены: контрагентов {counterparty_ids:count}, лиц {person_ids:count}", "Removed from the group: {counterparty_ids:count} counterparties, {person_ids:count} persons", "")
	Say("audience_group.closed", "Группа закрыта", "Group closed", "reason")

	Words("audience_group.kind.counterparty_group", "группа контрагентов", "group of counterparties")
	Words("audience_group.kind.person_group", "группа физических лиц", "group of persons")
}
