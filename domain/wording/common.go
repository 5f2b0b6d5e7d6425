package wording

func init() {
	Words("actor.system", "Летопись", "Letopis")
	Words("thread.not_for_you", "Внутренняя переписка (доступна участникам)", "Internal correspondence (for its participants)")
}
