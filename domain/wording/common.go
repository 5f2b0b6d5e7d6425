package wording

func init() {
	Words("actor.system", "Летопись", "Letopis")
}
