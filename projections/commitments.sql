create table commitment (
  id           uuid primary key,
  counterparty uuid,
  source_kind  text not null,
  source_id    uuid not null,
  side         text not null,
  kind         text not null,
  topic        text not null,
  text         text not null,
  sentence     text not null,
  value        jsonb not null,
  value_text   text not null,
  due_at       timestamptz,
  condition    text not null,
  owner        uuid not null,
  state        text not null,
  made_at      timestamptz not null,
  settled_at   timestamptz,
  settled_by   uuid,
  comment      text not null,
  successor    uuid
);
-- after catch-up
create index commitment_counterparty on commitment (counterparty, state);
create index commitment_owner on commitment (owner, state);
create index commitment_source on commitment (source_id);
create index commitment_made on commitment (made_at desc, id desc);
create index commitment_open_due on commitment (due_at) where state = 'open';
