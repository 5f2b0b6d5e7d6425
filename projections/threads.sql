create table internal_thread (
  id              uuid primary key,
  kind            text not null,
  author          uuid not null,
  addressees      uuid[] not null,
  cc              uuid[] not null,
  readers         uuid[] not null,
  subject         text not null,
  text            text not null,
  version         integer not null,
  accepted_by     uuid[] not null,
  context_kind    text not null,
  context_id      uuid,
  counterparty    uuid,
  state           text not null,
  opened_at       timestamptz not null,
  concluded_at    timestamptz,
  closed_at       timestamptz,
  closed_words    text not null,
  successor       uuid,
  dispute_state   text not null,
  disputes        integer not null,
  changed_at      timestamptz not null,
  opened_event    uuid not null,
  concluded_event uuid,
  closed_event    uuid
);
create table thread_party (
  id             text primary key,
  thread         uuid not null,
  employee       uuid not null,
  author         uuid not null,
  kind           text not null,
  state          text not null,
  waiting        boolean not null,
  clock          integer not null,
  started_at     timestamptz not null,
  reply_by       timestamptz,
  seen_at        timestamptz,
  answered_at    timestamptz,
  minutes        integer,
  late           boolean not null,
  overdue        boolean not null,
  moved_to       timestamptz,
  moved_by       uuid,
  moved_reason   text not null,
  started_event  uuid not null,
  answered_event uuid
);
create table thread_entry (
  thread    uuid not null,
  position  bigint not null,
  at        timestamptz not null,
  by_id     uuid not null,
  type      text not null,
  addressee uuid,
  text      text not null,
  version   integer not null,
  event_id  uuid not null
);
create table thread_dispute (
  id           text primary key,
  thread       uuid not null,
  no           integer not null,
  state        text not null,
  opened_by    uuid not null,
  opened_at    timestamptz not null,
  reason       text not null,
  arbiter      uuid,
  appointed_at timestamptz,
  ruling       text not null,
  ruled_at     timestamptz,
  counterparty uuid,
  opened_event uuid not null,
  ruled_event  uuid
);
create table thread_clock (
  id            text primary key,
  kind          text not null,
  record        uuid not null,
  employee      uuid not null,
  asker         uuid,
  number        integer not null,
  started_at    timestamptz not null,
  due_at        timestamptz,
  seen_at       timestamptz,
  stopped_at    timestamptz,
  how           text not null,
  minutes       integer,
  late          boolean not null,
  overdue       boolean not null,
  started_event uuid not null,
  seen_event    uuid,
  stopped_event uuid,
  overdue_event uuid
);
-- after catch-up
create index internal_thread_readers on internal_thread using gin (readers);
create index internal_thread_opened on internal_thread (opened_at desc, id desc);
create index internal_thread_author on internal_thread (author, opened_at desc);
create index internal_thread_counterparty on internal_thread (counterparty, opened_at desc) where counterparty is not null;
create index internal_thread_context on internal_thread (context_id) where context_id is not null;
create index internal_thread_agreements on internal_thread (opened_at desc, id desc) where kind = 'agreement';
create index thread_party_owed on thread_party (employee, reply_by) where waiting;
create index thread_party_awaited on thread_party (author, reply_by) where waiting;
create index thread_party_thread on thread_party (thread);
create index thread_entry_page on thread_entry (thread, position);
create index thread_dispute_opened on thread_dispute (opened_at desc, id desc);
create index thread_dispute_thread on thread_dispute (thread);
create index thread_clock_employee on thread_clock (employee, started_at);
create index thread_clock_asker on thread_clock (asker, started_at);
create index thread_clock_record on thread_clock (record);
create index thread_clock_started on thread_clock (started_at);
