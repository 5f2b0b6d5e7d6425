package wording

// Choices that no sentence of the history names, yet forms and filters offer.
func init() {
	for code, words := range map[string][2]string{
		"work": {"рабочий", "work"}, "mobile": {"мобильный", "mobile"}, "home": {"домашний", "home"}, "fax": {"факс", "fax"}, "other": {"другой", "other"},
	} {
		Words("phone.kind."+code, words[0], words[1])
	}
	for code, words := range map[string][2]string{
		"telegram": {"Телеграм", "Telegram"}, "whatsapp": {"Вотсап", "WhatsApp"}, "viber": {"Вайбер", "Viber"}, "vk": {"ВКонтакте", "VK"},
		"max": {"МАКС", "MAX"}, "skype": {"Скайп", "Skype"}, "other": {"другой", "other"},
	} {
		Words("messenger.kind."+code, words[0], words[1])
	}
	for code, words := range map[string][2]string{
		"same_inn": {"один ИНН", "same INN"}, "other_kpp": {"разные КПП", "different KPP"}, "same_phone": {"один телефон", "same phone"},
		"same_email": {"один адрес почты", "same e-mail"}, "similar_name": {"похожее наименование", "similar name"}, "flagged_by_hand": {"отмечено вручную", "flagged by hand"},
	} {
		Words("duplicate.rule."+code, words[0], words[1])
	}
	for code, words := range map[string][2]string{
		"negotiation": {"переговоры", "negotiation"}, "complaint": {"жалоба", "complaint"}, "consultation": {"консультация", "consultation"},
		"assignment": {"задание", "assignment"}, "work_item": {"работа по графику", "scheduled work"}, "thread": {"внутренняя переписка", "internal correspondence"},
		"none": {"без продолжения", "nothing further"},
	} {
		Words("message.outcome."+code, words[0], words[1])
	}
	Words("consent.scope.advertising", "реклама", "advertising")
	Words("consent.scope.service", "обслуживание", "service")
	Words("access.what.contact_information", "контактные сведения", "contact information")
}
