-- The second factor. totp_step is the last time step whose code was taken: no code works twice.
alter table identity.account
  add column totp_secret       text,
  add column totp_confirmed_at timestamptz,
  add column totp_step         bigint not null default 0;

create table identity.recovery_code (
  login     text not null references identity.account on delete cascade on update cascade,
  code_hash bytea not null,
  primary key (login, code_hash)
);

-- former_hash: the token before it was renewed; requests that were under way with it still arrive for a moment.
-- roles: those that the token was given for; null for a session from before this column.
alter table identity.session
  add column id               uuid not null default gen_random_uuid() unique,
  add column roles            text,
  add column second_factor_at timestamptz,
  add column former_hash      bytea,
  add column former_until     timestamptz;
create index session_former on identity.session (former_hash) where former_hash is not null;
create index session_employee on identity.session (employee_id);

-- null: a token from before scopes, which may whatever its owner may.
alter table identity.token add column scopes text[];

-- Guesses, by account (of the password, of the code) and by address, shared by all processes. The key is a digest: who
-- types a password into the wrong field leaves no trace of it.
create table identity.throttle (
  kind          text not null,
  key           bytea not null,
  failures      int not null default 0,
  pending       int not null default 0,
  since         timestamptz not null,
  last_at       timestamptz not null,
  blocked_until timestamptz not null,
  primary key (kind, key)
) with (fillfactor = 50);

-- The right to make the first administrator, printed by the first start.
create table identity.setup (
  token_hash bytea primary key,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  used_at    timestamptz
);

-- Accounts at an identity provider that sign in here. One of each provider per login: a second person whom the provider
-- gives the same address later does not get in.
create table identity.external_login (
  issuer    text not null,
  subject   text not null,
  login     text not null references identity.account on delete cascade on update cascade,
  linked_at timestamptz not null,
  primary key (issuer, subject),
  unique (issuer, login)
);

-- Sign-ins under way at an identity provider; each can be finished once.
create table identity.external_attempt (
  state_hash bytea primary key,
  nonce      text not null,
  verifier   text not null,
  expires_at timestamptz not null
);

-- Who signed in, who failed to, and what became of passwords, second factors and tokens.
create table identity.journal (
  id          bigint generated always as identity primary key,
  at          timestamptz not null,
  kind        text not null,
  login       text not null,
  employee_id uuid,
  by_id       uuid,
  address     text not null,
  device      text not null,
  detail      text not null
);
create index journal_employee on identity.journal (employee_id, id);
create index journal_at on identity.journal (at);
