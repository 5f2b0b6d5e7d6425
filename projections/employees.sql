create table employee (
  id                    uuid primary key,
  name                  text not null,
  full_name             text not null,
  last_name             text not null,
  first_name            text not null,
  patronymic            text not null,
  login                 text,
  position              text,
  department_id         uuid,
  head_id               uuid,
  email                 text,
  phone                 text,
  zone                  text not null,
  calendar_id           uuid,
  active                boolean not null,
  hired_on              text not null,
  left_on               text,
  roles                 text[] not null,
  max_discount_bp       integer not null,
  max_payment_term_days integer not null,
  max_commitment_minor  bigint not null,
  max_commitment_currency text not null,
  may_grant_exclusivity boolean not null,
  external_id           text
);
create table department (
  id        uuid primary key,
  name      text not null,
  parent_id uuid,
  head_id   uuid,
  active    boolean not null
);
create table employee_absence (
  id            uuid primary key,
  employee_id   uuid not null,
  from_day      text not null,
  to_day        text not null,
  kind          text not null,
  substitute_id uuid,
  event_id      uuid not null
);
create table working_calendar (
  id       uuid primary key,
  name     text not null,
  holidays text not null,
  weeks    jsonb not null,
  days     jsonb not null,
  active   boolean not null
);
-- after catch-up
create index employee_name on employee (name collate "C", id);
create index employee_department on employee (department_id);
create index employee_head on employee (head_id) where head_id is not null;
create index employee_email on employee (email) where email is not null;
create index employee_login on employee (login) where login is not null;
create index employee_words on employee using gin ((full_name || ' ' || name || ' ' || coalesce(position, '') || ' ' || coalesce(email, '')) gin_trgm_ops);
create index department_parent on department (parent_id);
create index employee_absence_days on employee_absence (employee_id, from_day);
create index employee_absence_substitute on employee_absence (substitute_id, from_day) where substitute_id is not null;
