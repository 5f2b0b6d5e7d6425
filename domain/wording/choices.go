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
	for code, words := range map[string][2]string{
		"signed_in": {"вход", "signed in"}, "sign_in_failed": {"неудачная попытка входа", "failed to sign in"}, "signed_out": {"выход", "signed out"},
		"sessions_ended": {"выход на всех устройствах", "signed out everywhere"}, "access_ended": {"доступ прекращён", "access ended"},
		"account_created": {"учётная запись создана", "account created"}, "account_locked": {"вход заблокирован на время", "account locked for a while"},
		"account_unlocked": {"вход разблокирован", "account unlocked"}, "password_changed": {"пароль изменён", "password changed"},
		"password_reset": {"задан новый пароль", "password reset"}, "second_factor_on": {"второй фактор включён", "second factor turned on"},
		"second_factor_off": {"второй фактор отключён", "second factor turned off"}, "second_factor_reset": {"второй фактор сброшен", "second factor reset"},
		"second_factor_passed": {"код принят", "code accepted"}, "second_factor_failed": {"неверный код", "wrong code"},
		"recovery_code_used": {"использован код восстановления", "recovery code used"}, "token_created": {"выпущен ключ доступа", "API token made"},
		"token_revoked": {"ключ доступа отозван", "API token revoked"}, "set_up": {"первоначальная настройка", "first set-up"},
		"external_login_linked":   {"привязана корпоративная учётная запись", "identity provider's account linked"},
		"external_sign_in_failed": {"неудачный вход через корпоративную учётную запись", "failed to sign in at the identity provider"},
	} {
		Words("sign_in_journal.kind."+code, words[0], words[1])
	}
	Words("consent.scope.advertising", "реклама", "advertising")
	Words("consent.scope.service", "обслуживание", "service")
	Words("access.what.contact_information", "контактные сведения", "contact information")
}
