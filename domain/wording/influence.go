package wording

func init() {
	Say("influence.supposed", "Предполагается влияние: {from_person_id:person} {kind:word}[ → {to_person_id:person}][ → {to_decision}]", "Influence supposed: {from_person_id:person} {kind:word}[ → {to_person_id:person}][ → {to_decision}]", "evidence.note")
	Say("influence.confirmed", "Влияние подтверждено, уверенность {confidence} %", "Influence confirmed, confidence {confidence} %", "evidence.note")
	Say("influence.revised", "Влияние оценено заново: сила {from.strength} → {to.strength}, отношение к нам {from.attitude_to_us} → {to.attitude_to_us}", "Influence weighed anew: strength {from.strength} → {to.strength}, attitude {from.attitude_to_us} → {to.attitude_to_us}", "evidence.note")
	Say("influence.outdated", "Влияние больше не действует: {reason}", "Influence is outdated: {reason}", "reason")

	Words("influence.state.hypothesis", "предполагается", "hypothesis")
	Words("influence.state.confirmed", "подтверждено", "confirmed")
	Words("influence.state.outdated", "устарело", "outdated")
	for code, words := range map[string][2]string{
		"approves": {"утверждает", "approves"}, "recommends": {"рекомендует", "recommends"}, "blocks": {"препятствует", "blocks"},
		"signs": {"подписывает", "signs"}, "uses": {"пользуется", "uses"}, "controls_budget": {"распоряжается бюджетом", "controls the budget"},
		"informal": {"влияет неформально", "has informal influence"},
	} {
		Words("influence.kind."+code, words[0], words[1])
		Words(code, words[0], words[1])
	}
}
