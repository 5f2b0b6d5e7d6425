package wording

// Refusals: what is wrong and what to do, told to the person who was refused.
func init() {
	refusal := func(code, ru, en string) { Words("refusal."+code, ru, en) }

	refusal("access_log.unavailable", "Сейчас нельзя записать, кто это открыл, а без такой записи эти сведения не показываются. Повторите через минуту.", "It cannot be recorded now who opens this, and without that it is not shown. Try again in a minute.")

	refusal("assignment.wrong_state", "Задание сейчас в другом состоянии, и так поступить с ним нельзя. Обновите страницу и посмотрите, на чём оно стоит.", "The assignment stands elsewhere now, so this step is not possible. Refresh the page and see where it stands.")
	refusal("assignment.not_assignee", "Это может сделать только исполнитель задания. Попросите его.", "Only the assignee may do that. Ask the assignee.")
	refusal("assignment.not_issuer", "Это может сделать только тот, кто выдал задание, или его руководитель. Обратитесь к нему.", "Only the one who gave the assignment, or their head, may do that. Ask them.")
	refusal("assignment.own_result", "Свою работу никто не проверяет сам. Пусть выполнение проверит другой сотрудник.", "Nobody verifies their own work. Have somebody else verify it.")

	refusal("attachment.withdrawn", "Файл изъят, менять в нём больше нечего. Приложите новый.", "The file was withdrawn, so there is nothing to change. Attach a new one.")

	refusal("audience_group.closed", "Группа закрыта, её состав больше не меняется. Создайте новую группу.", "The group is closed and does not change any more. Create a new one.")
	refusal("audience_group.kind", "В этой группе участники другого вида: в группе клиентов не бывает лиц, а в группе лиц — клиентов. Выберите подходящую группу.", "This group holds members of the other kind: clients or persons, not both. Choose a fitting group.")

	refusal("commitment.not_found", "Такой договорённости в записи переговоров нет. Обновите страницу.", "The record has no such commitment. Refresh the page.")
	refusal("commitment.wrong_state", "Договорённость уже закрыта или оспаривается, и так поступить с ней нельзя. Обновите страницу.", "The commitment is closed or disputed, so this step is not possible. Refresh the page.")
	refusal("commitment.foreign", "Это может сделать только ответственный за договорённость, его руководитель или участник переговоров. Обратитесь к ним.", "Only its owner, the owner's head or a participant may do that. Ask one of them.")

	refusal("contact_person.not_employed", "Этот человек там не работает. Проверьте место работы в его карточке.", "The person does not work there. Look at the employments on the person's card.")
	refusal("contact_person.already_employed", "Этот человек там уже работает. Исправьте имеющуюся запись о месте работы.", "The person works there already. Correct the employment that is there.")

	refusal("counterparty.merged", "Эта карточка присоединена к другой. Откройте ту, к которой она присоединена, и продолжите в ней.", "This card was merged into another one. Open that one and go on there.")
	refusal("counterparty.transition", "В нынешнем состоянии клиента это невозможно. Обновите страницу и посмотрите, на чём стоит работа с ним.", "This is not possible in the client's present state. Refresh the page and see how it stands.")
	refusal("counterparty.parent_cycle", "Организация не может подчиняться сама себе, в том числе через другие организации. Выберите другую головную организацию.", "An organisation cannot belong to itself, nor through others. Choose another parent.")
	refusal("counterparty.requisites_taken", "Другой клиент уже внесён с такими ИНН и КПП. Найдите его карточку или исправьте номера.", "Another client has this INN and KPP. Find that card, or correct the numbers.")
	refusal("counterparty.not_merged", "Эти две карточки не объединены. Обновите страницу.", "These two cards are not merged. Refresh the page.")
	refusal("counterparty.joint_identity", "Разделить карточки пока нельзя: на объединении держатся более поздние записи. Сначала исправьте их, они перечислены.", "The cards cannot be parted yet: later records depend on the merge. Set the listed ones right first.")

	refusal("department.closed", "Подразделение закрыто. Выберите действующее.", "The department is closed. Choose one that is working.")
	refusal("department.cycle", "Подразделение не может входить само в себя, в том числе через другие. Выберите другое вышестоящее.", "A department cannot lie within itself, nor through others. Choose another one above.")
	refusal("department.no_parent", "Вышестоящего подразделения нет, или оно закрыто. Выберите действующее.", "The department above does not exist or is closed. Choose one that is working.")

	refusal("duplicate.transition", "С этой парой так поступить сейчас нельзя: решение по ней уже другое. Обновите страницу.", "This step is not possible: the pair stands elsewhere now. Refresh the page.")
	refusal("duplicate.needs_proposal", "Карточку ключевого клиента объединяют вдвоём: один предлагает, другой утверждает. Предложите объединение.", "A key account is merged by two people: one proposes, another approves. Propose the merge.")
	refusal("duplicate.same_person", "Кто предложил объединить карточку ключевого клиента, тот его не утверждает. Попросите другого сотрудника.", "Who proposed the merge of a key account does not approve it. Ask somebody else.")
	refusal("duplicate.not_of_pair", "Остаться должна одна из двух карточек пары. Выберите одну из них.", "One of the two cards must remain. Choose one of them.")
	refusal("duplicate.self", "Клиент не бывает дублем самого себя. Выберите две разные карточки.", "A client is not its own duplicate. Choose two different cards.")
	refusal("duplicate.merged_before", "Одна из карточек уже присоединена к третьей. Сравните карточку, к которой она присоединена.", "One of the two is merged into a third card. Compare that one instead.")

	refusal("employee.left", "Сотрудник здесь больше не работает. Выберите другого.", "The employee no longer works here. Choose somebody else.")
	refusal("employee.employed", "Сотрудник здесь уже работает, принимать его снова не нужно.", "The employee works here; there is no need to hire them again.")
	refusal("employee.head_cycle", "Никто не может быть руководителем самому себе, в том числе через других. Выберите другого руководителя.", "Nobody can be above themselves, nor through others. Choose another head.")
	refusal("employee.absence_overlap", "На эти дни уже намечено другое отсутствие. Измените даты или исправьте то отсутствие.", "Another absence lies on these days. Change the dates, or correct the other absence.")
	refusal("employee.no_absence", "Такого отсутствия нет. Обновите страницу.", "There is no such absence. Refresh the page.")
	refusal("employee.substitute", "Заместителем не может быть сам отсутствующий или уволенный сотрудник. Выберите другого.", "Nobody stands in for themselves, and a substitute works here. Choose somebody else.")
	refusal("employee.not_substitute", "Замещать этого сотрудника может только названный заместитель и только на время отсутствия. Действуйте от своего имени.", "Only the named substitute stands in for that person, and only during the absence. Act in your own name.")

	refusal("file.not_found", "Такого файла на сервере нет. Загрузите его ещё раз.", "The server does not have this file. Upload it again.")
	refusal("file.empty", "Файл пуст. Выберите другой.", "The file is empty. Choose another one.")
	refusal("file.too_large", "Файл слишком велик для этого сервера. Сожмите его или разделите на части.", "The file is larger than this server takes. Compress it, or split it.")
	refusal("file.no_room", "На сервере кончилось место, файл не сохранён. Сообщите администратору.", "The server has no room left, and the file was not kept. Tell an administrator.")

	refusal("influence.open", "Такая связь уже отмечена и действует. Оцените её заново, а не добавляйте вторую.", "There is an open link of this kind already. Revise it instead of adding another.")
	refusal("influence.not_open", "Эта связь уже не действует. Добавьте новую, если влияние появилось снова.", "The link is outdated. Add a new one if the influence is there again.")

	refusal("login_name.taken", "С таким именем уже входит другой сотрудник. Выберите другое имя для входа.", "Somebody else signs in with this name. Choose another one.")

	refusal("message.foreign", "Это может сделать только адресат сообщения, его заместитель или руководитель. Обратитесь к ним.", "Only the addressee, a substitute or a superior may do that. Ask one of them.")
	refusal("message.state", "Сообщение сейчас в другом состоянии, и так поступить с ним нельзя. Обновите страницу.", "The message stands elsewhere now, so this step is not possible. Refresh the page.")
	refusal("message.not_matched", "Этот отправитель за сообщением не числится. Обновите страницу.", "The message is not matched to that sender. Refresh the page.")
	refusal("message.addressee", "Адресат здесь не работает. Передайте сообщение другому сотруднику.", "The addressee does not work here. Route the message to somebody else.")
	refusal("message.stale", "Сообщение тем временем передали другому сотруднику. Обновите страницу.", "The message was routed to somebody else meanwhile. Refresh the page.")

	refusal("negotiation.wrong_state", "Переговоры сейчас в другом состоянии, и так поступить с ними нельзя. Обновите страницу.", "The negotiation stands elsewhere now, so this step is not possible. Refresh the page.")
	refusal("negotiation.not_participant", "Это может сделать только автор записи или наш участник переговоров. Обратитесь к ним.", "Only the author or one of our participants may do that. Ask one of them.")
	refusal("negotiation.no_next_step", "Такого шага в записи переговоров нет. Обновите страницу.", "The record has no such next step. Refresh the page.")
	refusal("negotiation.under_review", "Запись сейчас на контроле, менять её нельзя. Дождитесь решения проверяющего.", "A reviewer is at work on the record. Wait for the verdict.")

	refusal("reminder.wrong_state", "Напоминание сейчас в другом состоянии, и так поступить с ним нельзя. Обновите страницу.", "The reminder stands elsewhere now, so this step is not possible. Refresh the page.")
	refusal("reminder.foreign", "Это может сделать только тот, кому адресовано напоминание.", "Only the recipient of the reminder may do that.")
	refusal("reminder.no_linked_date", "У связанной записи нет даты, о которой можно напомнить. Назначьте время напоминания сами.", "The linked record has no open date to remind of. Set the time of the reminder yourself.")

	refusal("review.wrong_state", "Контроль этих переговоров сейчас в другом состоянии. Обновите страницу.", "The review stands elsewhere now, so this step is not possible. Refresh the page.")
	refusal("review.participant", "Кто участвовал в переговорах, тот их не проверяет. Пусть их проверит другой сотрудник.", "Nobody reviews a negotiation in which they took part. Leave it to another reviewer.")
	refusal("review.claimed", "Эти переговоры уже проверяет другой сотрудник. Возьмите другие из очереди.", "Another reviewer is at work on the record. Take another one from the queue.")
	refusal("review.fatal_hit", "Сработало правило, с которым одобрить переговоры нельзя. Снимите срабатывание с пояснением или остановите переговоры.", "A fatal hit stands. Dismiss it with a reason, or stop the negotiation.")

	refusal("oidc.refused", "Войти через корпоративную учётную запись не удалось. Попробуйте ещё раз; если не получится, обратитесь к администратору.", "Signing in at the company's identity provider did not work. Try again; if that does not help, ask an administrator.")

	refusal("second_factor.code_needed", "Введите код из приложения для входа или код восстановления.", "Enter the code from your authenticator app, or a recovery code.")
	refusal("second_factor.enrolment_needed", "Для вашей роли нужен второй фактор. Настройте его, чтобы продолжить работу.", "Your role needs a second factor. Set it up to go on.")
	refusal("second_factor.wrong_code", "Код неверен или уже использован. Дождитесь следующего кода и введите его.", "The code is wrong or was used before. Wait for the next one and enter it.")
	refusal("second_factor.on", "Второй фактор уже настроен. Чтобы настроить его заново, сначала отключите.", "There is a second factor already. Turn it off before setting it up anew.")
	refusal("second_factor.not_on", "Второй фактор не настроен. Обновите страницу.", "There is no second factor. Refresh the page.")
	refusal("second_factor.needed", "Для вашей роли второй фактор обязателен, отключить его нельзя. Если потеряно устройство, обратитесь к администратору.", "Your role must have a second factor, so it stays on. If you have lost the device, ask an administrator.")
	refusal("second_factor.passed", "Код для этого входа уже не нужен. Обновите страницу.", "This session needs no code. Refresh the page.")

	refusal("setup.token", "Ссылка для первоначальной настройки неверна, устарела или уже использована. Перезапустите сервер, он покажет новую.", "The set-up link is wrong, too old or used. Restart the server; it shows a new one.")

	refusal("thread.state", "Переписка сейчас в другом состоянии, и так поступить с ней нельзя. Обновите страницу.", "The thread stands elsewhere now, so this step is not possible. Refresh the page.")
	refusal("thread.foreign", "В этой переписке вам такое действие не принадлежит. Обратитесь к автору или адресату.", "That is not your part in the thread. Ask the author or the addressee.")
	refusal("thread.kind", "В переписке такого вида этого шага нет. Откройте переписку другого вида.", "Threads of this kind know no such step. Open a thread of another kind.")
	refusal("thread.addressee", "Адресатом может быть только работающий сотрудник и не сам автор. Выберите другого.", "An addressee works here and is not the author. Choose somebody else.")
	refusal("thread.no_clock", "От этого адресата сейчас ничего не ждут. Обновите страницу.", "Nothing is expected from that addressee now. Refresh the page.")
	refusal("thread.both_sides", "Новый срок должна согласовать другая сторона. Дождитесь её решения.", "The other side has to agree to the new deadline. Wait for it.")
	refusal("thread.version", "Текст тем временем изменили. Прочитайте новую редакцию и решите снова.", "The text was changed meanwhile. Read the new version and decide again.")
	refusal("thread.arbiter", "Рассудить спор может только работающий сотрудник, который не участвует в переписке. Выберите другого.", "An arbiter works here and is no party of the thread. Choose somebody else.")
	refusal("thread.dispute", "Спор сейчас в другом состоянии, и так поступить с ним нельзя. Обновите страницу.", "The dispute stands elsewhere now, so this step is not possible. Refresh the page.")

	refusal("timesheet.overlap", "Это время пересекается с другой вашей записью. Исправьте начало, конец или ту запись.", "The time overlaps another entry of yours. Correct the start, the end or that entry.")
	refusal("timesheet.day_full", "В сутках не больше 24 часов, а с этой записью выходит больше. Уменьшите время.", "A day has no more than 24 hours, and this entry goes beyond. Enter less time.")
	refusal("timesheet.foreign", "Своё время вносит только сам сотрудник.", "Working time is entered by the employee alone.")
	refusal("timesheet.no_entry", "Такой записи времени нет. Обновите страницу.", "The sheet has no such entry. Refresh the page.")
	refusal("timesheet.other_month", "Этот день относится к другому месяцу. Внесите время в табель того месяца.", "The day belongs to another month. Enter the time in that month's sheet.")
	refusal("timesheet.not_executor", "Время по заданию вносят только те, кто его выполняет.", "Time is entered by those who take part in the assignment.")

	refusal("token.scope", "Этот ключ доступа выпущен не для такого действия. Выпустите ключ с нужными правами.", "The API token is not for this. Make one that is.")
	refusal("token.session_needed", "С ключом доступа это сделать нельзя. Войдите с паролем.", "No API token can do this. Sign in with your password.")

	refusal("work_item.not_planned", "Эта работа уже не запланирована: она выполнена, отменена или отмечена невыполненной. Обновите страницу.", "The item is no longer planned. Refresh the page.")
	refusal("work_item.foreign", "Это может сделать только ответственный за работу или её автор. Обратитесь к ним.", "Only the responsible employee or the author may do that. Ask one of them.")

	refusal("working_calendar.retired", "Этот рабочий календарь выведен из употребления. Выберите действующий.", "The calendar is out of use. Choose one that is in use.")
}

// Refusals that every record shares, and those of the server itself.
func init() {
	refusal := func(code, ru, en string) { Words("refusal."+code, ru, en) }

	refusal("invalid", "Не всё заполнено правильно. Исправьте отмеченные поля.", "Some fields are wrong. Correct those that are marked.")
	refusal("not_found", "Такой записи нет. Проверьте ссылку или найдите запись поиском.", "There is no such record. Check the link, or search for it.")
	refusal("already_exists", "Такая запись уже есть. Откройте её или укажите другое.", "Such a record exists already. Open it, or give another one.")
	refusal("forbidden", "На это у вас нет прав. Обратитесь к руководителю или администратору.", "You may not do that. Ask your manager or an administrator.")
	refusal("unauthenticated", "Вход не выполнен: имя или пароль неверны либо время работы истекло. Войдите снова.", "You are not signed in: the name or the password is wrong, or the session has ended. Sign in again.")
	refusal("too_many_attempts", "Слишком много неудачных попыток входа. Подождите несколько минут и попробуйте снова.", "Too many failed attempts to sign in. Wait a few minutes and try again.")
	refusal("too_many_requests", "Слишком много обращений подряд. Подождите немного и повторите.", "Too many requests. Wait a little and try again.")
	refusal("revision_mismatch", "Пока вы работали, запись изменил другой сотрудник. Посмотрите, что изменилось, и сохраните снова.", "Somebody else changed the record meanwhile. See what changed, and save again.")
	refusal("conflict", "Запись сейчас в другом состоянии. Обновите страницу и повторите.", "The record stands elsewhere now. Refresh the page and try again.")
	refusal("command_id_reused", "Этот запрос уже отправляли с другими данными. Обновите страницу и повторите.", "This request was sent before with other data. Refresh the page and try again.")
	refusal("busy", "Запись сейчас меняют слишком часто. Повторите через несколько секунд.", "The record changes too quickly. Try again in a few seconds.")
	refusal("not_yet", "Сохранено, но показать ещё не готово. Обновите страницу через несколько секунд.", "It is saved, but cannot be shown yet. Refresh the page in a few seconds.")
	refusal("unavailable", "Сервер сейчас не может ответить. Повторите через минуту: дважды ничего не запишется.", "The server cannot answer now. Try again in a minute: nothing will be recorded twice.")
	refusal("internal", "В программе произошла ошибка, она записана. Повторите, а если не поможет, сообщите администратору.", "The program failed, and noted it. Try again; if that does not help, tell an administrator.")
	refusal("cancelled", "Запрос прерван до ответа. Повторите его.", "The request was broken off. Send it again.")
	refusal("request_timeout", "Запрос шёл слишком долго. Проверьте связь и повторите.", "The request took too long. Check the connection and try again.")
	refusal("too_large", "Отправлено слишком много данных. Сократите текст или разделите его на части.", "Too much was sent. Shorten the text, or send it in parts.")
	refusal("unsupported_media_type", "Данные такого вида сервер не принимает. Обновите страницу и повторите.", "The server does not take data of this kind. Refresh the page and try again.")
	refusal("not_acceptable", "Ответить в запрошенном виде сервер не может. Обновите страницу и повторите.", "The server cannot answer in the form asked for. Refresh the page and try again.")
	refusal("method_not_allowed", "Такое действие здесь невозможно. Обновите страницу.", "This is not possible here. Refresh the page.")
}

// What is wrong with one field, told beside it.
func init() {
	wrong := func(code, ru, en string) { Words("field_code."+code, ru, en) }

	wrong("required", "Заполните это поле", "Fill in this field")
	wrong("length", "Слишком мало или слишком много", "Too little or too much")
	wrong("range", "Вне допустимых пределов", "Outside the limits")
	wrong("choice", "Выберите из предложенного", "Choose from what is offered")
	wrong("enum", "Выберите из предложенного", "Choose from what is offered")
	wrong("type", "Здесь нужно значение другого вида", "A value of another kind is needed here")
	wrong("invalid", "Исправьте это поле", "Correct this field")
	wrong("unknown", "Такого нет, выберите другое", "There is no such thing; choose another")
	wrong("not_found", "Такой записи нет, выберите другую", "There is no such record; choose another")
	wrong("refused", "Так нельзя", "This is not possible")
	wrong("wrong", "Неверно, введите заново", "Wrong; enter it again")
	wrong("uuid", "Это не номер записи", "This is not the id of a record")
	wrong("reference", "Укажите вид записи и саму запись", "Name the kind of record and the record")
	wrong("several", "Укажите только одно значение", "Give one value only")
	wrong("one_of", "Укажите что-то одно", "Give one of the two")
	wrong("common", "Такой пароль подберут в первую очередь, придумайте другой", "Such a password is guessed first; think of another")
	wrong("twice", "Указано дважды", "Given twice")
	wrong("self", "Нельзя указать того же самого", "Cannot be the same one")
	wrong("other", "Указан не тот клиент, что в плане", "Another client than was planned with")
	wrong("superseded", "Замещённая договорённость не возвращается, запишите новую", "A superseded commitment does not come back; record a new one")
	wrong("unconfirmed", "Перечислите или подтвердите, что ничего нет", "List them, or confirm that there are none")
	wrong("assignee", "Исполнитель уже назначен главным, уберите его отсюда", "The assignee is no co-executor; leave them out")
	wrong("not_employed", "Этот человек там не работает и не работал", "The person does not work there and never did")
	wrong("sum", "Не сходится с суммой частей", "Is not the sum of its parts")
	wrong("cursor", "Место в списке устарело, откройте список заново", "The place in the list is outdated; open the list anew")

	wrong("date", "Укажите верную дату", "Give a correct date")
	wrong("month", "Укажите верный месяц", "Give a correct month")
	wrong("zone", "Такого часового пояса нет", "There is no such time zone")
	wrong("time_zone", "Такого часового пояса нет", "There is no such time zone")
	wrong("past", "Укажите время в будущем", "Give a time ahead")
	wrong("in_past", "Укажите время в будущем", "Give a time ahead")
	wrong("in_future", "Это ещё не наступило", "This has not come yet")
	wrong("not_later", "Новый срок должен быть позже прежнего", "The new time must be later than the present one")
	wrong("order", "Конец должен быть позже начала", "The end must be later than the beginning")
	wrong("before_start", "Конец раньше начала", "Ends before it begins")
	wrong("before_clock", "Раньше, чем начался отсчёт", "Lies before the clock started")
	wrong("other_day", "Должно быть в пределах этого дня; работу за полночь внесите двумя записями", "Must lie within the day; enter work over midnight as two entries")
	wrong("longer_than_span", "Больше, чем между началом и концом", "More than lies between beginning and end")
	wrong("incomplete", "Укажите и начало, и конец", "Give both the beginning and the end")
	wrong("span", "Промежутки должны идти по порядку и не пересекаться", "Spans must follow one another and not overlap")
	wrong("not_working", "Часы указывают только для рабочего дня", "Only a working day has hours")
	wrong("relative", "Напоминание от связанной даты срабатывает один раз", "A reminder tied to a linked date fires once")

	wrong("negative", "Не может быть меньше нуля", "Must not be negative")
	wrong("money", "Укажите верную сумму", "Give a correct amount")
	wrong("currency", "Укажите валюту, например RUB", "Give a currency such as RUB")

	wrong("digest", "Такого файла нет: загрузите его ещё раз", "There is no such file: upload it again")
	wrong("email", "Это не адрес электронной почты", "This is not an e-mail address")
	wrong("e164", "Укажите номер с кодом страны, например +74951234567", "Give the number with its country code, such as +74951234567")
	wrong("phone", "Это не номер телефона", "This is not a phone number")
	wrong("country", "Укажите код страны из двух букв, например RU", "Give a country code of two letters, such as RU")
	wrong("inn", "В ИНН ошибка: проверьте число цифр и сами цифры", "The INN is wrong: check its digits")
	wrong("inn_length", "В ИНН организации 10 цифр, у физического лица — 12", "An organisation's INN has 10 digits, a person's 12")
	wrong("kpp", "В КПП должно быть девять знаков", "A KPP has nine signs")
	wrong("kpp_person", "КПП бывает только у организации", "Only an organisation has a KPP")
	wrong("ogrn", "В ОГРН ошибка: проверьте число цифр и сами цифры", "The OGRN is wrong: check its digits")
	wrong("ogrn_length", "В ОГРН организации 13 цифр, у предпринимателя — 15", "An organisation's OGRN has 13 digits, a sole trader's 15")
	wrong("bik", "В БИК должно быть девять цифр", "A BIK has nine digits")
	wrong("account", "Счёт не подходит к этому банку: проверьте цифры", "The account does not belong to this bank: check its digits")
	wrong("taken", "Уже занято другой карточкой", "Another card has it already")
	wrong("merged_into", "Эта карточка присоединена к другой, выберите ту", "This card was merged into another one; choose that one")
	wrong("counterparty.details_changed", "Изменено после объединения карточек", "Changed after the merge")
	wrong("counterparty.row_imported", "Загружено после объединения карточек", "Imported after the merge")
}
