-- Who looked at what. A primary record, not a read model: nothing else tells it. One part a month; the program makes them
-- ahead of time.
create schema audit;

-- written_at chooses the part and the hour in which an entry is sealed: no entry comes late to its hour.
-- client_ids holds at most 200 of the client_count clients that were shown. query_digest is null without a query.
create table audit.access_log (
  written_at   timestamptz not null,
  id           uuid not null,
  at           timestamptz not null,
  employee_id  uuid not null,
  on_behalf_of uuid,
  credential   text not null,
  address      text not null,
  way          text not null,
  operation    text not null,
  resource     text not null,
  record_kind  text not null,
  record_id    uuid,
  client_ids   uuid[] not null,
  client_count int not null,
  purpose      text not null,
  results      int not null,
  query_digest bytea,
  policy       text not null,
  request_id   uuid not null,
  primary key (written_at, id)
) partition by range (written_at);
create index access_log_at on audit.access_log (at, id);
create index access_log_employee on audit.access_log (employee_id, at);
create index access_log_clients on audit.access_log using gin (client_ids);
