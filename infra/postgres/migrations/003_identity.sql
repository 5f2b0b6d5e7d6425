-- Who may sign in. Not rebuildable from the log: secrets are kept here alone.
create schema identity;

create table identity.account (
  login         text primary key,
  employee_id   uuid not null,
  password_hash text not null,
  disabled      boolean not null default false,
  last_sign_in  timestamptz,
  created_at    timestamptz not null,
  updated_at    timestamptz not null
);
create unique index account_employee on identity.account (employee_id);

create table identity.session (
  token_hash  bytea primary key,
  login       text not null references identity.account on delete cascade on update cascade,
  employee_id uuid not null,
  created_at  timestamptz not null,
  last_seen   timestamptz not null,
  expires_at  timestamptz not null,
  user_agent  text not null
);
create index session_login on identity.session (login);

create table identity.token (
  id          uuid primary key,
  token_hash  bytea not null unique,
  login       text not null references identity.account on delete cascade on update cascade,
  employee_id uuid not null,
  name        text not null,
  created_at  timestamptz not null,
  expires_at  timestamptz not null,
  last_used   timestamptz
);
create index token_employee on identity.token (employee_id);
