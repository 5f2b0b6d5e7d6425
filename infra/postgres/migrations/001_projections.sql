-- One row per filled form of a read model. position is the last event whose effect the tables hold; -1: none yet.
create table letopis.projection (
  name           text not null,
  version        int not null,
  generation     int not null default 0,
  schema_name    text not null unique,
  position       bigint not null default -1,
  events         bigint not null default 0,
  status         text not null check (status in ('filling', 'active', 'poisoned', 'retired')),
  -- serving: the views point here, so a poisoned one still shows what it has.
  serving        boolean not null default false,
  -- indexed: the part of the schema for after the first catch-up has run.
  indexed        boolean not null default false,
  -- rebuild: filled by a rebuild, not by the projector that runs.
  rebuild        boolean not null default false,
  error          text,
  error_position bigint,
  error_event    text,
  updated_at     timestamptz not null default now(),
  primary key (name, version, generation)
) with (fillfactor = 50);

create schema read;

-- An operator's decision to leave an event out of a read model. It holds for every later generation and version too,
-- until it is taken away: a rebuild must give the same rows.
create table letopis.projection_skip (
  name     text not null,
  position bigint not null,
  operator text not null check (operator <> ''),
  reason   text not null check (reason <> ''),
  at       timestamptz not null default now(),
  primary key (name, position)
);
