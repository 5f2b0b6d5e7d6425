package wording

// Names of columns where the field's own name would not do, or there is no field of that name.
func init() {
	for code, words := range map[string][2]string{
		"id": {"номер записи", "record id"}, "name": {"наименование", "name"}, "kind": {"вид", "kind"}, "state": {"состояние", "state"},
		"requisites_doubtful": {"реквизиты вызывают сомнение", "doubtful requisites"}, "responsible_name": {"ответственный", "responsible"},
		"people": {"контактных лиц", "contact persons"}, "has_duplicates": {"есть возможные дубли", "has possible duplicates"},
		"registered_at": {"внесён", "registered"}, "changed_at": {"изменён", "changed"},
		"full_name": {"фамилия, имя, отчество", "full name"}, "client_name": {"работодатель", "employer"}, "current": {"работает сейчас", "works there now"},
		"contacts.phones.raw": {"телефоны", "phones"}, "contacts.emails.address": {"электронная почта", "e-mail"},
		"contacts.messengers.account": {"мессенджеры", "messengers"}, "contacts.websites": {"сайты", "web sites"}, "decision_roles.role": {"роль в решениях", "role in decisions"},
		"counterparty_name": {"клиент", "client"}, "issuer_name": {"кто поручил", "issuer"}, "assignee_name": {"исполнитель", "assignee"},
		"co_executor_ids": {"соисполнители", "co-executors"}, "issued_at": {"поручено", "issued"}, "original_due_at": {"первоначальный срок", "original due time"},
		"due_changes": {"переносов срока", "times the due time was changed"}, "asked_due_at": {"просят срок", "due time asked for"},
		"planned_min": {"план, мин", "planned, minutes"}, "actual_min": {"затрачено, мин", "spent, minutes"}, "effort_variance_bp": {"отклонение от плана", "variance from the plan"},
		"reported_at": {"сообщено о выполнении", "reported done"}, "verified_at": {"принято", "verified"}, "first_time_right": {"принято с первого раза", "right the first time"},
		"on_time": {"в срок", "on time"}, "on_time_original": {"в первоначальный срок", "by the original due time"}, "last_words": {"последнее слово", "last words"},
		"author_name": {"автор записи", "author"}, "their_participants.name": {"участники клиента", "their participants"}, "at": {"когда", "at"},
		"recorded_at": {"записано", "recorded"}, "reviewer_name": {"проверяющий", "reviewer"}, "fatal_hits": {"из них не дают одобрить", "fatal hits"},
		"blocked": {"остановлены", "stopped"}, "stop_reason": {"причина остановки", "reason of the stop"}, "stopped_at": {"когда остановлены", "stopped at"},
		"published_at": {"итоги сообщены", "shared"}, "published_unreviewed": {"сообщены до контроля", "shared before the review"},
		"from_raw": {"отправитель", "sender"}, "from_name": {"имя отправителя", "sender's name"}, "person_name": {"контактное лицо", "contact person"},
		"matched": {"отправитель известен", "sender known"}, "subject": {"тема письма", "subject"}, "excerpt": {"начало текста", "beginning of the text"},
		"addressee_name": {"адресат", "addressee"}, "routed_at": {"передано", "routed"}, "acknowledge_by": {"подтвердить до", "to be acknowledged by"},
		"acknowledged_at": {"подтверждено", "acknowledged"}, "ack_minutes": {"до подтверждения, рабочих мин", "to the acknowledgement, working minutes"},
		"became_kind": {"чем стало", "became"}, "resolution_minutes": {"до решения, рабочих мин", "to the resolution, working minutes"}, "closed_at": {"закрыто", "closed"},
		"occurred_at": {"когда произошло", "occurred"}, "type": {"событие", "event"}, "headline": {"что произошло", "what happened"}, "quote": {"что сказано", "what was said"},
		"actor_name": {"кто", "who"}, "on_behalf_of": {"за кого", "on behalf of"}, "late": {"внесено поздно", "entered late"},
		"source": {"как внесено", "by which door"}, "event_id": {"номер события", "event id"},
	} {
		Words("column."+code, words[0], words[1])
	}
	Words("answer.true", "да", "yes")
	Words("answer.false", "нет", "no")
	// The last line of a table that is not all there is.
	Words("export.cut", "Это не всё: выгружены первые строки, сколько разрешено за один раз. Сузьте отбор.", "This is not all: these are the first rows, as many as are allowed at a time. Narrow the filter down.")
}
