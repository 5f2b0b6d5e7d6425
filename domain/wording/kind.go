package wording

// Kinds of record: what a stream, a link or an entry of the history is about.
func init() {
	Words("kind.access", "просмотр сведений", "access to details")
	Words("kind.access_seal", "печать журнала доступа", "seal on the access log")
	Words("kind.assignment", "задание", "assignment")
	Words("kind.attachment", "вложение", "attachment")
	Words("kind.audience_group", "группа клиентов", "group of clients")
	Words("kind.commitment", "договорённость", "commitment")
	Words("kind.contact_person", "контактное лицо", "contact person")
	Words("kind.counterparty", "клиент", "client")
	Words("kind.daily_report", "ежедневный отчёт", "daily report")
	Words("kind.department", "подразделение", "department")
	Words("kind.duplicate", "возможный дубль", "possible duplicate")
	Words("kind.employee", "сотрудник", "employee")
	Words("kind.file_import", "загрузка файла", "file import")
	Words("kind.influence", "влияние на решение", "influence")
	Words("kind.login_name", "имя для входа", "sign-in name")
	Words("kind.message", "сообщение", "message")
	Words("kind.negotiation", "переговоры", "negotiation")
	Words("kind.reminder", "напоминание", "reminder")
	Words("kind.requisite", "реквизиты", "requisites")
	Words("kind.screening_rules", "правила проверки", "screening rules")
	Words("kind.thread", "внутренняя переписка", "internal correspondence")
	Words("kind.timesheet", "учёт времени", "time sheet")
	Words("kind.work_item", "работа по графику", "scheduled work")
	Words("kind.working_calendar", "рабочий календарь", "working calendar")
}

// Doors by which a record came in.
func init() {
	Words("source.ui", "программа", "application")
	Words("source.api", "другая программа", "another program")
	Words("source.import", "загрузка файла", "file import")
	Words("source.policy", "правило Летописи", "rule of Letopis")
	Words("source.telephony", "телефонная станция", "telephone exchange")
}
