create table attachment (
  id           uuid primary key,
  about_kind   text not null,
  about_id     uuid not null,
  clients      uuid[] not null,
  sha256       text not null,
  size         bigint not null,
  author       uuid not null,
  attached_at  timestamptz not null,
  versions     jsonb not null,
  recorded_at  timestamptz not null,
  withdrawn_at timestamptz,
  withdrawer   uuid,
  reason       text not null,
  revision     bigint not null
);
-- after catch-up
create index attachment_about on attachment (about_kind, about_id, attached_at, id);
create index attachment_clients on attachment using gin (clients);
