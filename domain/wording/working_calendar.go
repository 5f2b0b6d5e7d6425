package wording

func init() {
	Say("working_calendar.defined", "Создан рабочий календарь «{name}»", "Working calendar “{name}” defined", "")
	Say("working_calendar.renamed", "Рабочий календарь переименован: «{name}»", "Working calendar renamed to “{name}”", "")
	Say("working_calendar.week_set", "Изменены часы работы с {from:date}", "Working hours changed from {from:date}", "reason")
	Say("working_calendar.days_set", "Изменены особые дни календаря: {days:count}", "Special days of the calendar set: {days:count}", "reason")
	Say("working_calendar.days_cleared", "Особые дни календаря сняты: {days:count}", "Special days of the calendar cleared: {days:count}", "reason")
	Say("working_calendar.retired", "Рабочий календарь выведен из употребления", "Working calendar retired", "reason")

	Words("working_calendar.state.in_use", "действует", "in use")
	Words("working_calendar.state.retired", "не действует", "retired")
	Words("working_calendar.day.day_off", "выходной", "day off")
	Words("working_calendar.day.working", "рабочий", "working")
	Words("working_calendar.day.shortened", "сокращённый", "shortened")
	Words("working_calendar.holidays.ru", "праздники России", "holidays of Russia")
	Words("working_calendar.holidays.none", "без праздников", "no holidays")
}
