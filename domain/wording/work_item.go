package wording

func init() {
	Say("work_item.planned", "Запланирована работа на {due_date:date}: {text}", "Work planned for {due_date:date}: {text}", "text")
	Say("work_item.done", "Работа выполнена: {result}", "Work done: {result}", "result")
	Say("work_item.moved", "Работа перенесена с {from:date} на {to:date}: {reason}", "Work moved from {from:date} to {to:date}: {reason}", "reason")
	Say("work_item.not_done", "Работа не выполнена: {reason}", "Work not done: {reason}", "reason")
	Say("work_item.cancelled", "Работа отменена: {reason}", "Work cancelled: {reason}", "reason")

	Words("work_item.state.planned", "запланирована", "planned")
	Words("work_item.state.done", "выполнена", "done")
	Words("work_item.state.not_done", "не выполнена", "not done")
	Words("work_item.state.cancelled", "отменена", "cancelled")
}
