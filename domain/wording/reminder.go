package wording

func init() {
	Say("reminder.scheduled", "Назначено напоминание на {fire_at:time} ({recipient_id:employee}): {text}", "Reminder for {recipient_id:employee} at {fire_at:time}: {text}", "")
	Say("reminder.moved", "Напоминание перенесено с {from:time} на {to:time} ({cause:word})", "Reminder moved from {from:time} to {to:time} ({cause:word})", "")
	Say("reminder.fired", "{recipient_id:employee}: сработало напоминание", "{recipient_id:employee} was reminded", "")
	Say("reminder.acknowledged", "Напоминание прочитано", "Reminder acknowledged", "")
	Say("reminder.snoozed", "Напоминание отложено до {until:time}", "Reminder snoozed until {until:time}", "")
	Say("reminder.dismissed", "Напоминание прекращено", "Reminder dismissed", "")
	Say("reminder.cancelled", "Напоминание отменено ({cause:word})", "Reminder cancelled ({cause:word})", "")

	Words("linked_date", "изменилась связанная дата", "the linked date moved")
	Words("link_closed", "связанное дело закрыто", "the linked record was closed")
	Words("person", "вручную", "by hand")
	Words("reminder.state.scheduled", "назначено", "scheduled")
	Words("reminder.state.fired", "сработало", "fired")
	Words("reminder.state.acknowledged", "прочитано", "acknowledged")
	Words("reminder.state.snoozed", "отложено", "snoozed")
	Words("reminder.state.dismissed", "прекращено", "dismissed")
	Words("reminder.state.cancelled", "отменено", "cancelled")
	Words("reminder.repeat.none", "один раз", "once")
	Words("reminder.repeat.daily", "каждый день", "daily")
	Words("reminder.repeat.weekly", "каждую неделю", "weekly")
	Words("reminder.repeat.monthly", "каждый месяц", "monthly")
	Words("reminder.repeat.yearly", "каждый год", "yearly")
	Words("reminder.channel.in_app", "в программе", "in the application")
	Words("reminder.channel.email", "по электронной почте", "by e-mail")
	Words("reminder.channel.sms", "по СМС", "by SMS")

	Say("daily_report.issued", "Ежедневный отчёт за {date:date} ({occasion:word}): {employee_id:employee}. Кому показан: {shown_to_id:employee}", "Daily report of {employee_id:employee} for {date:date} formed ({occasion:word}), shown to {shown_to_id:employee}", "")
	Words("first_sign_in", "первый вход за день", "first sign-in of the day")
	Words("on_demand", "по запросу", "on demand")
	Words("by_other", "открыт другим сотрудником", "opened by another")
	Words("daily_report.section.messages", "Сообщения", "Messages")
	Words("daily_report.section.questions_to_answer", "Вопросы из внутренней переписки, на которые необходимо ответить", "Questions I must answer")
	Words("daily_report.section.questions_unanswered", "Вопросы из внутренней переписки, на которые ещё не ответили", "My questions not answered yet")
	Words("daily_report.section.assignments_to_do", "Невыполненные задания, которые необходимо выполнить", "Assignments to do")
	Words("daily_report.section.assignments_to_check", "Невыполненные задания, которые необходимо проверить", "Assignments to check")
	Words("daily_report.section.negotiations_and_schedule", "Действия по документам «Переговоры с контрагентами» и «Графики работ»", "Negotiations and work schedules")
}

// Texts of the reminders that the product itself sets.
func init() {
	Words("reminder.text.verify", "Выполненное задание ждёт вашей проверки", "A reported assignment waits for your verification")
	Words("reminder.text.review_late", "Контроль переговоров просрочен", "The review of a negotiation is late")
	Words("reminder.text.stopped", "Ваши переговоры остановлены: исправьте запись по указанию", "Your negotiation was stopped: correct the record as instructed")
}
