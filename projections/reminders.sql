create table reminder (
  id           uuid primary key,
  recipient    uuid not null,
  author       uuid not null,
  text         text not null,
  subject_kind text not null,
  subject_id   uuid,
  zone         text not null,
  repeat       text not null,
  channels     text[] not null,
  relative     boolean not null,
  offset_min   integer not null,
  state        text not null,
  next_at      timestamptz,
  occurrence   integer not null,
  fired_at     timestamptz,
  seen_at      timestamptz,
  moves        integer not null
);
-- after catch-up
create index reminder_next on reminder (recipient, next_at, id);
create index reminder_waiting on reminder (recipient, fired_at) where state = 'fired';
create index reminder_subject on reminder (subject_kind, subject_id) where subject_id is not null;
