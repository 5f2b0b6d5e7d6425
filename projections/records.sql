create table register (
  stream   text primary key,
  id       uuid not null,
  category text not null,
  people   uuid[] not null,
  holder   uuid not null,
  clients uuid[] not null
);
-- after catch-up
create index record_id on register (id);
create index record_people on register using gin (people);
create index record_clients on register using gin (clients);
