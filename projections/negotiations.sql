create table negotiation (
  id                   uuid primary key,
  counterparty         uuid not null,
  author               uuid not null,
  topic                text not null,
  channel              text not null,
  stage                text not null,
  ours                 uuid[] not null,
  theirs               jsonb not null,
  planned_from         timestamptz,
  planned_to           timestamptz,
  held_from            timestamptz,
  held_to              timestamptz,
  at_time              timestamptz not null,
  state                text not null,
  record_by            timestamptz,
  recorded_at          timestamptz,
  late                 boolean not null,
  corrected_at         timestamptz,
  corrections          integer not null,
  summary              text not null,
  record               jsonb not null,
  cancel_reason        text not null,
  screenings           integer not null,
  rules_version        integer not null,
  hits                 integer not null,
  fatal_hits           integer not null,
  sample_seed          bigint not null,
  review               text not null,
  review_reason        text not null,
  queued_at            timestamptz,
  review_by            timestamptz,
  reviewer             uuid,
  claimed_at           timestamptz,
  decided_at           timestamptz,
  review_in_time       boolean,
  escalated            boolean not null,
  score_bp             bigint not null,
  verdict              jsonb not null,
  remarks              text not null,
  blocked              boolean not null,
  stop_reason          text not null,
  instruction          text not null,
  stopped_at           timestamptz,
  correct_by           timestamptz,
  published_at         timestamptz,
  published_unreviewed boolean not null,
  informed             uuid[] not null
);
create table negotiation_hit (
  negotiation   uuid not null,
  screening     integer not null,
  no            integer not null,
  rule          text not null,
  rules_version integer not null,
  commitment    uuid,
  detail        text not null,
  fatal         boolean not null,
  at            timestamptz not null,
  event_id      uuid not null,
  primary key (negotiation, screening, no)
);
create table negotiation_stop (
  negotiation uuid not null,
  author      uuid not null,
  reviewer    uuid not null,
  stage       text not null,
  early       boolean not null,
  at          timestamptz not null,
  event_id    uuid primary key
);
create table negotiation_step (
  id           text primary key,
  negotiation  uuid not null,
  no           integer not null,
  counterparty uuid not null,
  what         text not null,
  who          uuid not null,
  due_on       date not null,
  since        timestamptz not null,
  done_at      timestamptz,
  result       text not null
);
-- after catch-up
create index negotiation_time on negotiation (at_time desc, id desc);
create index negotiation_counterparty on negotiation (counterparty, at_time desc, id desc);
create index negotiation_author on negotiation (author, at_time desc, id desc);
create index negotiation_ours on negotiation using gin (ours);
create index negotiation_informed on negotiation using gin (informed);
create index negotiation_desk on negotiation (review_by, id) where review in ('queued', 'claimed');
create index negotiation_blocked on negotiation (stopped_at desc, id desc) where blocked;
create index negotiation_unrecorded on negotiation (author) where state = 'held';
create index negotiation_stop_author on negotiation_stop (author, at);
create index negotiation_step_who on negotiation_step (who, due_on) where done_at is null;
create index negotiation_step_negotiation on negotiation_step (negotiation);
