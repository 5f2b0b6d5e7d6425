create table duplicate_pair (
  id              uuid primary key,
  left_id         uuid not null,
  right_id        uuid not null,
  state           text not null,
  score           bigint not null,
  rules           text[] not null,
  note            text not null,
  survivor_id     uuid,
  loser_id        uuid,
  take_from_loser text[] not null,
  proposer_id     uuid,
  reason          text not null,
  flagged_at      timestamptz not null,
  answered_by     uuid,
  answered_at     timestamptz,
  revision        bigint not null
);
create table merge_log (
  position        bigint not null,
  at              timestamptz not null,
  pair_id         uuid not null,
  action          text not null,
  survivor_id     uuid not null,
  loser_id        uuid not null,
  take_from_loser text[] not null,
  proposer_id     uuid,
  actor_id        uuid,
  reason          text not null
);
-- after catch-up
create index duplicate_pair_queue on duplicate_pair (state, score desc, id);
create index duplicate_pair_left on duplicate_pair (left_id);
create index duplicate_pair_right on duplicate_pair (right_id);
create index merge_log_by_position on merge_log (position desc);
