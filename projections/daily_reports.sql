create table daily_report (
  position   bigint primary key,
  report     uuid not null,
  event_id   uuid not null,
  employee   uuid not null,
  shown_to   uuid not null,
  day        date not null,
  occasion   text not null,
  at         timestamptz not null,
  last_login timestamptz,
  items      integer not null,
  sections   jsonb not null,
  hash       text not null
);
create index daily_report_employee on daily_report (employee, position desc);
