create table history (
  subject      uuid not null,
  position     bigint not null,
  occurred_at  timestamptz not null,
  recorded_at  timestamptz not null,
  event_id     uuid not null,
  type         text not null,
  category     text not null,
  aggregate    uuid not null,
  revision     bigint not null,
  actor        uuid not null,
  on_behalf_of uuid,
  source       text not null,
  reason       text not null,
  people       uuid[] not null,
  args         jsonb not null,
  quote        text not null,
  words        text not null,
  primary key (subject, position)
);
-- after catch-up
-- Nothing is looked up by these columns themselves: the planner needs no figures about them.
alter table history alter args set statistics 0, alter reason set statistics 0, alter quote set statistics 0, alter words set statistics 0;
create index history_page on history (subject, occurred_at desc, position desc);
create index history_actor on history (actor, position desc);
create index history_position on history (position desc);
-- Words are searched within one client: the index begins with the client, and the expression saves a stored column.
create index history_words on history using gin (subject, to_tsvector('russian', quote || ' ' || words));
