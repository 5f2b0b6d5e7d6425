package wording

func init() {
	Say("attachment.attached", "{author_id:employee}: приложен файл «{name}» ({about.kind:kind})[. {note}]", "{author_id:employee} attached the file “{name}” ({about.kind:kind})[. {note}]", "note")
	Say("attachment.renamed", "Файл «{old_name}» назван «{name}» ({about.kind:kind})", "The file “{old_name}” was renamed “{name}” ({about.kind:kind})", "")
	Say("attachment.described", "Изменено описание файла «{name}» ({about.kind:kind})[: {note}]", "The file “{name}” was described anew ({about.kind:kind})[: {note}]", "note")
	Say("attachment.withdrawn", "Файл «{name}» изъят ({about.kind:kind}): {reason}", "The file “{name}” was withdrawn ({about.kind:kind}): {reason}", "reason")

	Words("attachment.state.attached", "приложен", "attached")
	Words("attachment.state.withdrawn", "изъят", "withdrawn")
}
