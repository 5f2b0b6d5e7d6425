create table influence_link (
  id             uuid primary key,
  client_id      uuid not null,
  from_person_id uuid not null,
  to_person_id   uuid,
  to_decision    text not null,
  kind           text not null,
  topic          text not null,
  state          text not null,
  versions       jsonb not null,
  revision       bigint not null
);
-- after catch-up
create index influence_link_by_client on influence_link (client_id);
