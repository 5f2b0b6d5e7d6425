package wording

import "github.com/letopis-crm/letopis/domain/access"

// Looked says in a sentence what somebody read: how, and on what resource.
func Looked(way, resource string, lang Lang) string { return Word("looked."+way+"."+resource, lang) }

func init() {
	looked := func(resource access.Resource, words map[access.Way][2]string) {
		for way, w := range words {
			Words("looked."+string(way)+"."+string(resource), w[0], w[1])
		}
	}
	looked(access.Clients, map[access.Way][2]string{
		access.View: {"Открыта карточка клиента", "Opened a client's card"}, access.List: {"Просмотрен список клиентов", "Looked through clients"},
		access.Search: {"Поиск клиентов", "Searched for clients"}, access.Report: {"Просмотрен отчёт о клиентах", "Read a report on clients"},
		access.Export: {"Выгружен список клиентов", "Exported clients"},
	})
	looked(access.ContactDetails, map[access.Way][2]string{
		access.View: {"Открыты контактные сведения клиента", "Opened a client's contact information"}, access.List: {"Просмотрены контактные сведения", "Looked through contact information"},
		access.Search: {"Поиск по контактным сведениям", "Searched contact information"}, access.Report: {"Просмотрен отчёт о контактных сведениях", "Read a report on contact information"},
		access.Export: {"Выгружены контактные сведения", "Exported contact information"},
	})
	looked(access.Segments, map[access.Way][2]string{
		access.View: {"Открыта группа клиентов", "Opened a group of clients"}, access.List: {"Просмотрен список групп", "Looked through groups"},
		access.Search: {"Поиск групп", "Searched for groups"}, access.Report: {"Просмотрен отчёт о группах", "Read a report on groups"},
		access.Export: {"Выгружены группы", "Exported groups"},
	})
	looked(access.Negotiations, map[access.Way][2]string{
		access.View: {"Открыты переговоры", "Opened a negotiation"}, access.List: {"Просмотрены переговоры списком", "Looked through negotiations"},
		access.Search: {"Поиск переговоров", "Searched for negotiations"}, access.Report: {"Просмотрен отчёт о переговорах", "Read a report on negotiations"},
		access.Export: {"Выгружены переговоры", "Exported negotiations"},
	})
	looked(access.Interactions, map[access.Way][2]string{
		access.View: {"Открыто обращение", "Opened a message"}, access.List: {"Просмотрены обращения списком", "Looked through messages"},
		access.Search: {"Поиск обращений", "Searched for messages"}, access.Report: {"Просмотрен отчёт об обращениях", "Read a report on messages"},
		access.Export: {"Выгружены обращения", "Exported messages"},
	})
	looked(access.Correspondence, map[access.Way][2]string{
		access.View: {"Открыта внутренняя переписка", "Opened internal correspondence"}, access.List: {"Просмотрена внутренняя переписка списком", "Looked through internal correspondence"},
		access.Search: {"Поиск во внутренней переписке", "Searched internal correspondence"}, access.Report: {"Просмотрен отчёт о внутренней переписке", "Read a report on internal correspondence"},
		access.Export: {"Выгружена внутренняя переписка", "Exported internal correspondence"},
	})
	looked(access.Work, map[access.Way][2]string{
		access.View: {"Открыта работа или задание", "Opened a piece of work"}, access.List: {"Просмотрены работы списком", "Looked through work"},
		access.Search: {"Поиск работ", "Searched for work"}, access.Report: {"Просмотрен отчёт о работах", "Read a report on work"},
		access.Export: {"Выгружены работы", "Exported work"},
	})
	looked(access.Performance, map[access.Way][2]string{
		access.View: {"Открыты показатели сотрудника", "Opened an employee's figures"}, access.List: {"Просмотрены показатели сотрудников", "Looked through employees' figures"},
		access.Search: {"Поиск по показателям сотрудников", "Searched employees' figures"}, access.Report: {"Просмотрен отчёт о работе сотрудников", "Read a report on employees"},
		access.Export: {"Выгружены показатели сотрудников", "Exported employees' figures"},
	})
	looked(access.Reports, map[access.Way][2]string{
		access.View: {"Открыт отчёт", "Opened a report"}, access.List: {"Просмотрены отчёты", "Looked through reports"},
		access.Search: {"Поиск отчётов", "Searched for reports"}, access.Report: {"Просмотрен отчёт", "Read a report"},
		access.Export: {"Выгружен отчёт", "Exported a report"},
	})
	looked(access.Exports, map[access.Way][2]string{
		access.View: {"Открыта выгрузка", "Opened an export"}, access.List: {"Просмотрен список выгрузок", "Looked through exports"},
		access.Search: {"Поиск выгрузок", "Searched for exports"}, access.Report: {"Просмотрен отчёт о выгрузках", "Read a report on exports"},
		access.Export: {"Выгружен список", "Exported a list"},
	})
	looked(access.Directory, map[access.Way][2]string{
		access.View: {"Открыта запись справочника", "Opened an entry of the directory"}, access.List: {"Просмотрен справочник", "Looked through the directory"},
		access.Search: {"Поиск в справочнике", "Searched the directory"}, access.Report: {"Просмотрен отчёт о сотрудниках", "Read a report on the directory"},
		access.Export: {"Выгружен справочник", "Exported the directory"},
	})
	looked(access.Accounts, map[access.Way][2]string{
		access.View: {"Открыта учётная запись", "Opened an account"}, access.List: {"Просмотрены учётные записи", "Looked through accounts"},
		access.Search: {"Поиск учётных записей", "Searched for accounts"}, access.Report: {"Просмотрен отчёт об учётных записях", "Read a report on accounts"},
		access.Export: {"Выгружены учётные записи", "Exported accounts"},
	})
	looked(access.AccessLog, map[access.Way][2]string{
		access.View: {"Открыта запись о доступе", "Opened an entry of the access log"}, access.List: {"Просмотрен журнал доступа", "Looked through the access log"},
		access.Search: {"Поиск в журнале доступа", "Searched the access log"}, access.Report: {"Просмотрен отчёт о доступе", "Read the report on access"},
		access.Export: {"Выгружен журнал доступа", "Exported the access log"},
	})
	looked(access.Emergency, map[access.Way][2]string{
		access.View: {"Открыт аварийный доступ", "Opened an emergency access"}, access.List: {"Просмотрены аварийные доступы", "Looked through emergency accesses"},
		access.Search: {"Поиск аварийных доступов", "Searched for emergency accesses"}, access.Report: {"Просмотрен отчёт об аварийных доступах", "Read a report on emergency accesses"},
		access.Export: {"Выгружены аварийные доступы", "Exported emergency accesses"},
	})
	looked(access.Approvals, map[access.Way][2]string{
		access.View: {"Открыто согласование", "Opened an approval"}, access.List: {"Просмотрены согласования", "Looked through approvals"},
		access.Search: {"Поиск согласований", "Searched for approvals"}, access.Report: {"Просмотрен отчёт о согласованиях", "Read a report on approvals"},
		access.Export: {"Выгружены согласования", "Exported approvals"},
	})
	looked(access.Attachments, map[access.Way][2]string{
		access.View: {"Открыт файл", "Opened a file"}, access.List: {"Просмотрен список файлов", "Looked through files"},
		access.Search: {"Поиск файлов", "Searched for files"}, access.Report: {"Просмотрен отчёт о файлах", "Read a report on files"},
		access.Export: {"Выгружены файлы", "Exported files"},
	})
	for resource, w := range map[access.Resource][2]string{
		access.Attachments: {"файлы", "files"}, access.Clients: {"клиенты", "clients"}, access.ContactDetails: {"контактные сведения", "contact information"}, access.Segments: {"группы клиентов", "groups of clients"},
		access.Negotiations: {"переговоры", "negotiations"}, access.Interactions: {"обращения", "messages"}, access.Correspondence: {"внутренняя переписка", "internal correspondence"},
		access.Work: {"работы и задания", "work"}, access.Performance: {"показатели сотрудников", "employees' figures"}, access.Reports: {"отчёты", "reports"},
		access.Exports: {"выгрузки", "exports"}, access.Directory: {"справочник", "directory"}, access.Accounts: {"учётные записи", "accounts"},
		access.AccessLog: {"журнал доступа", "access log"}, access.Emergency: {"аварийный доступ", "emergency access"}, access.Approvals: {"согласования", "approvals"},
	} {
		Words("resource."+string(resource), w[0], w[1])
	}
	for way, w := range map[access.Way][2]string{
		access.View: {"открытие записи", "view"}, access.List: {"список", "list"}, access.Search: {"поиск", "search"}, access.Report: {"отчёт", "report"},
		access.Export: {"выгрузка", "export"},
	} {
		Words("way."+string(way), w[0], w[1])
	}
	for flag, w := range map[string][2]string{
		"many_reads": {"очень много просмотров", "very many reads"}, "many_clients": {"очень много клиентов", "very many clients"},
		"out_of_hours": {"много в нерабочее время", "many out of hours"}, "other_departments": {"много чужих клиентов", "many clients of others"},
		"after_leaving": {"после увольнения", "after leaving"},
	} {
		Words("access.flag."+flag, w[0], w[1])
	}
}
