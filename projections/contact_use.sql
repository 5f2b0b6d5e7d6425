create table contact_use (
  address  text primary key,
  last_at  timestamptz not null,
  event_id uuid not null
);
