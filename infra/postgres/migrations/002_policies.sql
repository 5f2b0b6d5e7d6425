-- How far each policy has reacted. A policy is never replayed: its commands have had their effect.
create table letopis.policy (
  name       text primary key,
  position   bigint not null default -1,
  events     bigint not null default 0,
  refused    bigint not null default 0,
  error      text,
  updated_at timestamptz not null default now()
) with (fillfactor = 50);

-- Business refusals that policies met: recorded, not retried.
create table letopis.policy_refusal (
  id       bigint generated always as identity primary key,
  policy   text not null,
  position bigint not null,
  event_id uuid not null,
  code     text not null,
  message  text not null,
  at       timestamptz not null default now()
);
create index on letopis.policy_refusal (policy, position);

-- Occurrences of due rows whose command has been executed, so that a tick before the read model has caught up does not
-- execute them again, and with what outcome.
create table letopis.due_tick (
  due_id   text not null,
  due_at   timestamptz not null,
  kind     text not null,
  position bigint,
  outcome  text not null check (outcome in ('done', 'nothing', 'refused', 'failed')),
  message  text,
  attempts int not null default 1,
  at       timestamptz not null default now(),
  primary key (due_id, due_at)
);
create index on letopis.due_tick (at);
