create table emergency_access (
  id          uuid primary key,
  person      uuid not null,
  client      uuid,
  reason      text not null,
  opened_at   timestamptz not null,
  until       timestamptz not null,
  ended_at    timestamptz,
  ended_by    uuid,
  state       text not null,
  reviewer    uuid,
  reviewed_at timestamptz,
  verdict     text,
  remark      text
);
-- after catch-up
create index emergency_access_open on emergency_access (person, until) where state = 'open';
create index emergency_access_latest on emergency_access (opened_at, id);
