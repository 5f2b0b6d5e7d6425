package wording

func init() {
	Say("file_import.finished", "Загружен файл «{name}»: строк {rows}, новых {created}, изменённых {changed}, отказано {refused}",
		"File “{name}” imported: {rows} rows, {created} new, {changed} changed, {refused} refused", "")
}
