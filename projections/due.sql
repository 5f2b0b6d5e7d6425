create table due (
  id     text primary key,
  kind   text not null,
  target uuid not null,
  at     timestamptz not null
);
create index on due (at);
