-- Keys, numbers and addresses are never sorted for people: comparing them byte by byte (collation C) is much cheaper.
create table client (
  id                  uuid primary key,
  name                text not null,
  norm_name           text not null,
  kind                text not null,
  state               text not null,
  state_before        text not null,
  state_since         timestamptz not null,
  country             text not null,
  inn                 text not null,
  kpp                 text not null,
  requisites_doubtful boolean not null,
  segment             text not null,
  region              text not null,
  time_zone           text not null,
  responsible_id      uuid,
  parent_id           uuid,
  key_account         boolean not null,
  roles               text[] not null,
  merged_into         uuid,
  aliases             uuid[] not null,
  external_keys       text[] collate "C" not null,
  card                jsonb not null,
  registered_at       timestamptz not null,
  changed_at          timestamptz not null,
  revision            bigint not null
);
create table client_alias (
  alias    uuid primary key,
  survivor uuid not null
);
create table client_change (
  position            bigint not null,
  at                  timestamptz not null,
  client_id           uuid not null,
  step                text not null,
  from_responsible_id uuid,
  responsible_id      uuid,
  segment             text not null,
  region              text not null
);
create table person (
  id             uuid primary key,
  full_name      text not null,
  norm_name      text not null,
  client_id      uuid,
  position       text not null,
  department     text not null,
  employers      uuid[] not null,
  do_not_contact boolean not null,
  card           jsonb not null,
  registered_at  timestamptz not null,
  changed_at     timestamptz not null,
  revision       bigint not null
);
create table search_entry (
  id        text collate "C" primary key,
  entity    text not null,
  target    uuid not null,
  client_id uuid,
  title     text not null,
  norm      text not null,
  inn       text not null,
  phones    text[] collate "C" not null,
  emails    text[] collate "C" not null
);
-- after catch-up
-- Cards are read as a whole: the planner needs no figures about them.
alter table client alter card set statistics 0;
alter table person alter card set statistics 0;
create index client_by_name on client (norm_name, id);
create index client_by_age on client (registered_at desc, id desc);
create index client_by_responsible on client (responsible_id, norm_name, id);
create index client_by_region on client (region, norm_name, id);
create index client_by_segment on client (segment, norm_name, id);
create index client_by_parent on client (parent_id) where parent_id is not null;
create index client_by_inn on client (inn) where inn <> '';
create index client_by_external on client using gin (external_keys);
create index client_alias_by_survivor on client_alias (survivor);
create index client_change_by_time on client_change (at);
create index person_by_name on person (norm_name, id);
create index person_by_employer on person using gin (employers);
-- Trigrams find names with typing errors; the arrays find whole numbers and addresses.
create index search_entry_norm on search_entry using gin (norm gin_trgm_ops);
create index search_entry_inn on search_entry (inn) where inn <> '';
create index search_entry_phones on search_entry using gin (phones);
create index search_entry_emails on search_entry using gin (emails);
