package wording

func init() {
	Say("duplicate.flagged", "Возможные дубли: {left_id:counterparty} и {right_id:counterparty}, оценка {score} ({rules:word})", "Possible duplicates: {left_id:counterparty} and {right_id:counterparty}, score {score} ({rules:word})", "note")
	Say("duplicate.rejected", "Признаны разными контрагентами", "Found to be different counterparties", "reason")
	Say("duplicate.linked_as_branch", "Признан филиалом: {branch_id:counterparty}, головная организация: {head_id:counterparty}", "{branch_id:counterparty} found to be a branch of {head_id:counterparty}", "")
	Say("duplicate.merge_proposed", "{proposer_id:employee} предлагает объединить карточки: {loser_id:counterparty} → {survivor_id:counterparty}", "{proposer_id:employee} proposes to merge {loser_id:counterparty} into {survivor_id:counterparty}", "")
	Say("duplicate.merged", "Карточки объединены: {loser_id:counterparty} → {survivor_id:counterparty}", "{loser_id:counterparty} merged into {survivor_id:counterparty}", "")
	Say("duplicate.unmerged", "Объединение отменено: {loser_id:counterparty} → {survivor_id:counterparty}. {reason}", "{loser_id:counterparty} parted from {survivor_id:counterparty}: {reason}", "reason")

	Words("duplicate.state.candidate", "на проверке", "candidate")
	Words("duplicate.state.rejected", "разные", "different")
	Words("duplicate.state.branch", "филиал", "branch")
	Words("duplicate.state.merge_proposed", "предложено объединить", "merge proposed")
	Words("duplicate.state.merged", "объединены", "merged")
	Words("duplicate.state.unmerged", "разделены", "unmerged")
	Words("same_inn", "один ИНН", "same INN")
	Words("other_kpp", "разные КПП", "different KPP")
	Words("same_phone", "один телефон", "same phone")
	Words("same_email", "один адрес почты", "same e-mail")
	Words("similar_name", "похожее наименование", "similar name")
	Words("flagged_by_hand", "отмечено вручную", "flagged by hand")
}
