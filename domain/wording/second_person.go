package wording

// What a second person sees to: beforehand, or afterwards.
func init() {
	Say("emergency_access.opened", "{employee_id:employee}: аварийный доступ до {until:time}[, клиент {counterparty_id:counterparty}]", "{employee_id:employee}: emergency access until {until:time}[, client {counterparty_id:counterparty}]", "reason")
	Say("emergency_access.ended", "Аварийный доступ завершён ({by_id:employee})", "Emergency access ended ({by_id:employee})", "")
	Say("emergency_access.expired", "Время аварийного доступа истекло", "The time of the emergency access is over", "")
	Say("emergency_access.reviewed", "Аварийный доступ проверен, {reviewer_id:employee}: {verdict:word}", "Emergency access reviewed, {reviewer_id:employee}: {verdict:word}", "remark")
	Words("emergency.verdict.justified", "обоснован", "justified")
	Words("emergency.verdict.unjustified", "не обоснован", "not justified")
	Words("justified", "обоснован", "justified")
	Words("unjustified", "не обоснован", "not justified")

	Say("approval.requested", "{requester_id:employee} просит подтверждения второго человека до {expires_at:time}", "{requester_id:employee} asks for a second person's approval until {expires_at:time}", "reason")
	Say("approval.approved", "Подтверждено, {decider_id:employee}", "Approved, {decider_id:employee}", "answer")
	Say("approval.refused", "Не подтверждено, {decider_id:employee}", "Not approved, {decider_id:employee}", "answer")
	Say("approval.withdrawn", "Просьба о подтверждении отозвана", "The request for an approval was withdrawn", "")
	Say("approval.expired", "Срок подтверждения истёк", "The time for an approval is over", "")
	Say("approval.carried_out", "Подтверждённое выполнено", "What was approved is done", "")
	Say("approval.failed", "Подтверждённое выполнить не удалось", "What was approved could not be done", "")
	Words("approval.alone", "Без второго человека: пока его нет.", "Without a second person: there is none yet.")

	Words("kind.emergency_access", "аварийный доступ", "emergency access")
	Words("kind.approval", "подтверждение", "approval")
	for code, words := range map[string][2]string{
		"open": {"действует", "open"}, "ended": {"завершён", "ended"}, "expired": {"время истекло", "time over"}, "reviewed": {"проверен", "reviewed"},
	} {
		Words("emergency_access.state."+code, words[0], words[1])
	}
	for code, words := range map[string][2]string{
		"pending": {"ждёт решения", "waiting"}, "approved": {"подтверждено, выполняется", "approved, being done"}, "done": {"выполнено", "done"},
		"failed": {"не выполнено", "could not be done"}, "refused": {"отказано", "refused"}, "withdrawn": {"отозвано", "withdrawn"}, "expired": {"срок истёк", "time over"},
	} {
		Words("approval.state."+code, words[0], words[1])
	}
	event("emergency_access.opened", "аварийный доступ", "emergency access")
	event("emergency_access.ended", "конец аварийного доступа", "emergency access ended")
	event("emergency_access.expired", "истечение аварийного доступа", "emergency access expired")
	event("emergency_access.reviewed", "проверка аварийного доступа", "emergency access reviewed")
	event("approval.requested", "просьба о подтверждении", "approval requested")
	event("approval.approved", "подтверждение", "approved")
	event("approval.refused", "отказ в подтверждении", "approval refused")
	event("approval.withdrawn", "отзыв просьбы", "request withdrawn")
	event("approval.expired", "истечение просьбы", "request expired")
	event("approval.carried_out", "выполнение подтверждённого", "approved and done")
	event("approval.failed", "неудача подтверждённого", "approved and failed")
}

func init() {
	for code, words := range map[string][2]string{
		"answer": {"ответ", "answer"}, "client": {"клиент", "client"}, "decider": {"кто решил", "decided by"}, "digest": {"отпечаток", "digest"},
		"done": {"выполнено", "done"}, "ended_at": {"завершено", "ended"}, "expires": {"решить до", "to be decided by"}, "failure": {"почему не выполнено", "why not done"},
		"in_name_of": {"за кого", "in whose name"}, "opened_at": {"открыто", "opened"}, "operation": {"действие", "operation"}, "payload": {"содержание действия", "what is asked"},
		"remark": {"заключение", "remark"}, "requester": {"кто просит", "requested by"}, "revision": {"редакция", "revision"},
		"stream": {"поток записи", "stream"}, "target": {"над какой записью", "on which record"}, "verdict": {"вывод", "verdict"},
		"emergency_access.until": {"до какого времени", "until"}, "approval.done.position": {"место в журнале", "position in the log"},
	} {
		Words("field."+code, words[0], words[1])
	}
	refusal := func(code, ru, en string) { Words("refusal."+code, ru, en) }
	refusal("emergency_access.wrong_state", "Аварийный доступ уже завершён или проверен. Обновите страницу.", "The emergency access is over or reviewed. Refresh the page.")
	refusal("emergency_access.foreign", "Завершить аварийный доступ может тот, кто его открыл. Прекратить чужой доступ могут проверяющий и ответственный за персональные данные.", "Who opened the emergency access may end it. A reviewer or the data protection officer may stop somebody else's.")
	refusal("emergency_access.own", "Свой аварийный доступ никто не проверяет сам. Пусть его проверит другой сотрудник.", "Nobody reviews their own emergency access. Leave it to somebody else.")
	refusal("approval.needed", "Для этого действия нужны двое. Запросите подтверждение: его даст другой сотрудник, и действие выполнится.", "This takes two people. Ask for an approval: somebody else gives it, and then it is done.")
	refusal("approval.not_needed", "Для этого действия подтверждение не нужно. Выполните его сразу.", "This takes no approval. Just do it.")
	refusal("approval.wrong_state", "Эта просьба уже решена, отозвана или истекла. Обновите страницу.", "The request was decided, withdrawn or has expired. Refresh the page.")
	refusal("approval.own", "Свою просьбу никто не подтверждает сам, в том числе через того, кого замещает. Пусть решит другой сотрудник.", "Nobody decides about their own request, nor through somebody they stand in for. Leave it to somebody else.")
	refusal("approval.foreign", "Отозвать просьбу может только тот, кто её подал.", "Only the person who asked may withdraw the request.")
	refusal("approval.altered", "Это не то, что было подтверждено. Запросите подтверждение заново.", "This is not what was approved. Ask for an approval again.")
}
