create table approval (
  id          uuid primary key,
  operation   text not null,
  target_kind text not null,
  target      uuid not null,
  payload     text not null,
  requester   uuid not null,
  in_name_of  uuid,
  reason      text not null,
  asked_at    timestamptz not null,
  expires_at  timestamptz not null,
  state       text not null,
  decider     uuid,
  decided_at  timestamptz,
  answer      text,
  failure     text
);
-- after catch-up
create index approval_waiting on approval (asked_at, id) where state in ('pending', 'approved');
create index approval_requester on approval (requester, asked_at, id);
