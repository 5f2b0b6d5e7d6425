package wording

// Fields of records as the audit trail names them: the last part of a field's path. Where one name means several things,
// the rarer meaning has the whole path as its code, the kind of record before it.
func init() {
	for code, words := range map[string][2]string{
		"about": {"к чему относится", "what it is about"}, "concerns": {"клиенты", "clients"}, "involved": {"участники", "participants"},
		"media_type": {"вид файла", "kind of file"}, "withdrawn": {"почему изъят", "why withdrawn"},
		"absence": {"отсутствие", "absence"}, "absence_id": {"номер отсутствия", "absence id"}, "absences": {"отсутствия", "absences"},
		"accepted_by": {"кто принял", "accepted by"}, "ack_by": {"подтвердить до", "to be acknowledged by"},
		"acknowledged": {"получение подтверждено", "acknowledged"}, "addressee": {"адресат", "addressee"}, "arbiter": {"кто решает спор", "arbiter"},
		"assignee": {"исполнитель", "assignee"}, "assignment_id": {"задание", "assignment"}, "at": {"когда", "at"},
		"attachments": {"вложения", "attachments"}, "attitude_to_us": {"отношение к нам", "attitude to us"}, "author": {"автор", "author"},
		"became": {"продолжение", "became"}, "before": {"прежнее состояние", "state before"}, "by": {"чья", "by"},
		"callback_by": {"перезвонить до", "call back by"}, "cc": {"кому известно", "copy to"}, "changes": {"изменения", "changes"},
		"channel": {"канал", "channel"}, "channels": {"способы напоминания", "ways of reminding"}, "clock": {"номер отсчёта", "clock"},
		"clock_started": {"начало отсчёта", "clock started"}, "closed": {"закрыто", "closed"}, "co_executors": {"соисполнители", "co-executors"},
		"code": {"код", "code"}, "condition": {"условие", "condition"}, "confidence": {"уверенность, %", "confidence, %"},
		"context": {"связанная запись", "linked record"}, "day": {"день", "day"}, "days": {"дни", "days"}, "date": {"дата", "date"},
		"description": {"описание", "description"}, "detail": {"подробность", "detail"}, "details": {"сведения", "details"},
		"due": {"срок", "due"}, "due_at": {"срок", "due"}, "entries": {"записи", "entries"}, "evidence": {"основание", "evidence"},
		"event_id": {"запись истории", "entry of the history"}, "expected_result": {"ожидаемый результат", "expected result"},
		"field": {"поле", "field"}, "from": {"начало", "from"}, "to": {"конец", "to"}, "group": {"группа", "group"}, "hash": {"отпечаток", "digest"},
		"id": {"номер записи", "id"}, "informed": {"кому сообщено", "informed"},
		"instruction": {"указание", "instruction"}, "intent": {"намерение", "intent"}, "issuer": {"кто поручил", "issuer"}, "issues": {"сколько раз составлен", "times issued"},
		"key": {"реквизиты", "requisites"}, "last": {"фамилия", "family name"}, "late": {"внесено поздно", "entered late"},
		"minutes": {"минуты", "minutes"}, "month": {"месяц", "month"}, "moved": {"переносов", "times moved"}, "moved_by": {"кто просит другой срок", "who asks for another time"},
		"moved_to": {"предложенный срок", "proposed time"}, "name": {"имя или название", "name"}, "next": {"следующий раз", "next time"},
		"no": {"номер", "number"}, "note": {"примечание", "note"}, "number": {"номер", "number"}, "occurrence": {"который раз", "occurrence"},
		"offset": {"за сколько до срока, мин", "minutes ahead"}, "on": {"дата", "on"}, "opened": {"кто открывал", "opened"},
		"opened_by": {"кто заявил", "opened by"}, "original_due": {"первоначальный срок", "original due time"}, "outcome": {"итог", "outcome"},
		"overdue": {"срок истёк", "overdue"}, "parent": {"вышестоящая запись", "parent"}, "parties": {"участники", "parties"}, "person": {"контактное лицо", "contact person"},
		"persons": {"контактные лица", "contact persons"}, "planned_effort": {"плановые затраты, мин", "planned effort, minutes"}, "priority": {"важность", "priority"},
		"proof": {"подтверждение", "proof"}, "published": {"итоги сообщены", "shared"}, "published_reviewed": {"итоги сообщены после контроля", "shared after the review"},
		"raw": {"как записано", "as written"}, "raw_sha256": {"отпечаток письма", "digest of the mail"}, "reason": {"причина", "reason"},
		"received_at": {"получено", "received"}, "recipient": {"кому напомнить", "recipient"}, "record": {"запись", "record"}, "record_by": {"записать до", "to be recorded by"},
		"ref": {"связанная запись", "linked record"}, "refused": {"отказано", "refused"}, "relative": {"от связанной даты", "tied to a linked date"},
		"remarks": {"замечания", "remarks"}, "reminded": {"напоминание отправлено", "reminded"}, "repeat": {"повтор", "repeat"}, "reply_by": {"ответить до", "reply by"},
		"responsible": {"ответственный", "responsible"}, "result": {"результат", "result"}, "returns": {"возвратов на доработку", "times returned"},
		"role": {"роль", "role"}, "roles": {"роли", "roles"}, "rows": {"строк", "rows"}, "rule": {"правило", "rule"}, "rules": {"признаки", "rules"},
		"ruling": {"решение", "ruling"}, "scope": {"предмет согласия", "scope"}, "score": {"оценка", "score"}, "seen": {"прочитанная редакция", "version read"},
		"size": {"размер, байт", "size, bytes"}, "stage": {"стадия", "stage"}, "started_at": {"начало отсчёта", "clock started"}, "state": {"состояние", "state"},
		"subject": {"предмет", "subject"}, "substitute_id": {"заместитель", "substitute"}, "summary": {"краткое содержание", "summary"},
		"taken_by": {"кто взял в работу", "taken up by"}, "text": {"текст", "text"}, "text_shown": {"показанный текст", "text shown"}, "title": {"заголовок", "title"},
		"topic": {"тема", "topic"}, "until": {"по какой день", "until"}, "urgency": {"срочность", "urgency"}, "value": {"значение", "value"},
		"verify_by": {"проверить до", "to be verified by"}, "version": {"редакция", "version"}, "versions": {"редакции", "versions"},
		"what": {"что сделать", "what"}, "when": {"когда", "when"}, "who_id": {"кто", "who"}, "zone": {"часовой пояс", "time zone"},
		"thread_clock": {"ожидание ответа", "awaited answer"}, "dispute": {"спор", "dispute"}, "take": {"что взять из другой карточки", "taken from the other card"},
		"hops": {"передач", "times routed"},
	} {
		Words("field."+code, words[0], words[1])
	}
	Words("field.duplicate.left", "первая карточка", "first card")
	Words("field.reminder.first", "первый раз", "first time")
	Words("field.timesheet.last", "последний номер", "last number")
	Words("field.negotiation.review.by", "проверить до", "to be reviewed by")
	Words("field.counterparty.parent", "головная организация", "parent organisation")
	Words("field.department.parent", "вышестоящее подразделение", "department above")
	sayFieldsOfClients()
	sayFieldsOfNegotiations()
	sayFieldsOfStaff()
}

func sayFieldsOfClients() {
	for code, words := range map[string][2]string{
		"absorbed": {"присоединённые карточки", "cards merged into it"}, "account": {"счёт или учётная запись", "account"}, "accounts": {"банковские счета", "bank accounts"},
		"address": {"адрес", "address"}, "authority_document": {"основание права подписи", "authority document"}, "bank": {"банк", "bank"}, "bik": {"БИК", "BIK"},
		"consents": {"согласия", "consents"}, "contact_details": {"способы связи", "ways of contact"}, "contacts": {"способы связи", "ways of contact"},
		"contacts_added": {"добавленные способы связи", "ways of contact added"}, "correspondent_account": {"корреспондентский счёт", "correspondent account"},
		"counterparties": {"клиенты", "clients"}, "counterparty": {"клиент", "client"}, "counterparty_id": {"клиент", "client"}, "currency": {"валюта", "currency"},
		"decision_roles": {"роли в принятии решений", "roles in decisions"}, "do_not_contact": {"просит не беспокоить", "asks not to be contacted"},
		"e164": {"номер с кодом страны", "number with country code"}, "employments": {"места работы", "employments"}, "ext": {"добавочный", "extension"},
		"external": {"данные из других систем", "data of other systems"}, "external_id": {"номер в другой системе", "number in another system"},
		"external_ids": {"номера в других системах", "numbers in other systems"}, "extra": {"прочие сведения", "other details"},
		"from_person_id": {"кто влияет", "who influences"}, "to_person_id": {"на кого влияет", "whom"}, "to_decision": {"на какое решение", "on which decision"},
		"holder": {"за кем закреплено", "holder"}, "imported": {"загруженные данные", "imported data"}, "influence_was_supposed": {"связь", "link"},
		"influence_weight": {"оценка влияния", "weight of the influence"}, "strength": {"сила влияния", "strength"}, "key_account": {"ключевой клиент", "key account"},
		"keys_digest": {"отпечаток признаков", "digest of the keys"}, "left": {"уволен", "left"},
		"right": {"вторая карточка", "second card"}, "loser": {"присоединённая карточка", "card merged"}, "loser_id": {"присоединённая карточка", "card merged"},
		"survivor": {"оставшаяся карточка", "remaining card"}, "merge_pair": {"объединение", "merge"}, "merged_into": {"присоединено к карточке", "merged into"},
		"pair_id": {"пара дублей", "pair of duplicates"}, "proposer": {"кто предложил", "proposer"}, "person_id": {"контактное лицо", "contact person"},
		"roles_added": {"добавленные роли", "roles added"}, "row_hash": {"отпечаток строки", "digest of the row"}, "row_origin": {"строка источника", "row of the source"},
		"signatories": {"право подписи", "signatories"}, "valid_from": {"действует с", "valid from"}, "valid_until": {"действует по", "valid until"},
	} {
		Words("field."+code, words[0], words[1])
	}
}

func sayFieldsOfNegotiations() {
	for code, words := range map[string][2]string{
		"basis_points": {"доля, сотых процента", "share, basis points"}, "commitment": {"договорённость", "commitment"}, "commitment_id": {"договорённость", "commitment"},
		"commitments": {"договорённости", "commitments"}, "promises": {"договорённости", "commitments"}, "correct_by": {"исправить до", "correct by"},
		"criteria": {"критерии контроля", "criteria"}, "disabled_rules": {"отключённые правила", "rules switched off"}, "early_stages": {"начальные стадии", "first stages"},
		"escalated": {"сообщено руководителю", "escalated"}, "fatal": {"не даёт одобрить", "fatal"}, "fatal_rules": {"правила, не дающие одобрить", "fatal rules"},
		"floor": {"минимальная цена", "floor"}, "price_floors": {"минимальные цены", "price floors"}, "forbidden_stems": {"запретные слова", "forbidden words"}, "stem": {"начало слова", "beginning of the word"},
		"held_from": {"начались", "held from"}, "held_to": {"закончились", "held to"}, "planned_from": {"плановое начало", "planned from"}, "planned_to": {"плановый конец", "planned to"},
		"hits": {"срабатывания правил", "hits"}, "last_step": {"последний шаг", "last step"}, "legal_approval": {"согласие юриста", "legal approval"},
		"lookback_days": {"за сколько дней смотреть", "days to look back"}, "max_payment_days": {"наибольшая отсрочка, дней", "longest payment term, days"},
		"min_delivery_days": {"кратчайшая поставка, дней", "shortest delivery, days"}, "mime": {"вид файла", "kind of file"}, "sha256": {"отпечаток файла", "digest of the file"},
		"minor": {"сумма, копеек", "amount, minor units"}, "money": {"сумма", "amount"}, "next_steps": {"следующие шаги", "next steps"}, "steps_done": {"выполненные шаги", "steps done"},
		"no_commitments": {"договорённостей нет", "no commitments"}, "no_next_steps": {"следующих шагов нет", "no next steps"}, "ours": {"наши участники", "our participants"},
		"our_participant_ids": {"наши участники", "our participants"}, "our_positions": {"наша позиция", "our position"}, "their_participants": {"участники клиента", "their participants"},
		"their_positions": {"позиция клиента", "their position"}, "theirs": {"участники клиента", "their participants"}, "owner_id": {"ответственный", "owner"},
		"review": {"контроль", "review"}, "review_hours": {"срок контроля, рабочих часов", "time for the review, working hours"}, "reviewer": {"проверяющий", "reviewer"},
		"rounds": {"который раз на контроле", "rounds"}, "rules_version": {"редакция правил", "version of the rules"}, "sampling_percent": {"выборочный контроль, %", "sample, %"},
		"score_bp": {"оценка, сотых процента", "score, basis points"}, "sentence": {"слова из записи", "sentence"}, "stopped": {"переговоры остановлены", "stopped"}, "weight": {"вес", "weight"},
	} {
		Words("field."+code, words[0], words[1])
	}
}

func sayFieldsOfStaff() {
	for code, words := range map[string][2]string{
		"calendar": {"рабочий календарь", "working calendar"}, "display_name": {"имя для показа", "display name"}, "email": {"электронная почта", "e-mail"},
		"employee": {"сотрудник", "employee"}, "employee_id": {"сотрудник", "employee"}, "first": {"имя", "given name"},
		"head": {"руководитель", "head"}, "hired": {"принят на работу", "hired"}, "limits": {"пределы полномочий", "authority limits"}, "login": {"имя для входа", "sign-in name"},
		"max_commitment": {"предел обязательств", "largest commitment"}, "max_discount_bp": {"предел скидки, сотых процента", "largest discount, basis points"},
		"max_payment_term_days": {"предел отсрочки, дней", "longest payment term, days"}, "may_grant_exclusivity": {"может обещать эксклюзивность", "may grant exclusivity"},
		"phone": {"телефон", "phone"}, "hour": {"час", "hour"}, "root": {"отпечаток", "digest"}, "holidays": {"праздники", "holidays"}, "hours": {"часы работы", "working hours"}, "weeks": {"рабочие недели", "working weeks"},
		"monday": {"понедельник", "Monday"}, "tuesday": {"вторник", "Tuesday"}, "wednesday": {"среда", "Wednesday"}, "thursday": {"четверг", "Thursday"},
		"friday": {"пятница", "Friday"}, "saturday": {"суббота", "Saturday"}, "sunday": {"воскресенье", "Sunday"},
		"moved_from": {"взамен какого дня", "in place of"}, "shortened_by_min": {"короче на, мин", "shorter by, minutes"},
	} {
		Words("field."+code, words[0], words[1])
	}
}
