create table assignment (
  id               uuid primary key,
  issuer           uuid not null,
  assignee         uuid not null,
  co_executors     uuid[] not null,
  title            text not null,
  description      text not null,
  expected_result  text not null,
  priority         text not null,
  state            text not null,
  counterparty     uuid,
  parent           uuid,
  context          jsonb not null,
  issued_at        timestamptz not null,
  due_at           timestamptz not null,
  original_due_at  timestamptz not null,
  due_changes      integer not null,
  asked_due_at     timestamptz,
  asked_reason     text not null,
  planned_min      integer not null,
  actual_min       integer not null,
  accepted_at      timestamptz,
  started_at       timestamptz,
  reported_at      timestamptz,
  result           text not null,
  verify_by        timestamptz,
  verified_at      timestamptz,
  verified_by      uuid,
  returns          integer not null,
  on_time          boolean,
  on_time_original boolean,
  closed_at        timestamptz,
  last_words       text not null,
  changed_at       timestamptz not null
);
create table time_entry (
  id           text primary key,
  sheet        uuid not null,
  no           integer not null,
  employee     uuid not null,
  day          date not null,
  from_at      timestamptz,
  to_at        timestamptz,
  minutes      integer not null,
  assignment   uuid,
  subject_kind text not null,
  subject_id   uuid,
  comment      text not null,
  late         boolean not null,
  withdrawn    boolean not null,
  entered_at   timestamptz not null,
  event_id     uuid not null,
  corrections  jsonb not null
);
-- after catch-up
create index assignment_assignee on assignment (assignee, due_at, id);
create index assignment_issuer on assignment (issuer, due_at, id);
create index assignment_helpers on assignment using gin (co_executors);
create index assignment_counterparty on assignment (counterparty, due_at, id) where counterparty is not null;
create index assignment_parent on assignment (parent) where parent is not null;
create index assignment_open on assignment (due_at, id) where closed_at is null;
create index assignment_all on assignment (due_at, id);
create index assignment_context on assignment using gin (context jsonb_path_ops);
create index time_entry_day on time_entry (employee, day, no);
create index time_entry_assignment on time_entry (assignment) where assignment is not null;
