create table incoming_message (
  id                 uuid primary key,
  channel            text not null,
  received_at        timestamptz not null,
  taken_by           uuid,
  from_raw           text not null,
  from_name          text not null,
  from_email         text not null,
  from_phone         text not null,
  counterparty       uuid,
  person             uuid,
  matched            boolean not null,
  match_rule         text not null,
  subject            text not null,
  excerpt            text not null,
  topic              text not null,
  intent             text not null,
  urgency            text not null,
  callback_by        timestamptz,
  advert_source      text not null,
  attachments        integer not null,
  state              text not null,
  addressee          uuid,
  hops               integer not null,
  routed_at          timestamptz,
  acknowledge_by     timestamptz,
  acknowledged_at    timestamptz,
  acknowledged_by    uuid,
  ack_minutes        integer,
  ack_late           boolean not null,
  overdue            boolean not null,
  taken_up_at        timestamptz,
  closed_at          timestamptz,
  outcome            text not null,
  became_kind        text not null,
  became_id          uuid,
  resolution_minutes integer,
  last_words         text not null,
  changed_at         timestamptz not null,
  registered_event   uuid not null,
  routed_event       uuid,
  acknowledged_event uuid,
  overdue_event      uuid,
  closed_event       uuid
);
create table incoming_message_body (
  id             uuid primary key,
  text           text not null,
  truncated      boolean not null,
  attachments    jsonb not null,
  mail           jsonb,
  mail_id        text,
  in_reply_to    text,
  recording_hash text not null,
  raw_sha256     text
);
create table message_hop (
  message       uuid not null,
  hop           integer not null,
  from_employee uuid,
  to_employee   uuid not null,
  at            timestamptz not null,
  reason        text not null,
  event_id      uuid not null
);
create table message_clock (
  id            text primary key,
  kind          text not null,
  record        uuid not null,
  employee      uuid not null,
  asker         uuid,
  number        integer not null,
  started_at    timestamptz not null,
  due_at        timestamptz,
  seen_at       timestamptz,
  stopped_at    timestamptz,
  how           text not null,
  minutes       integer,
  late          boolean not null,
  overdue       boolean not null,
  started_event uuid not null,
  seen_event    uuid,
  stopped_event uuid,
  overdue_event uuid
);
-- after catch-up
create index incoming_message_all on incoming_message (received_at desc, id desc);
create index incoming_message_addressee on incoming_message (addressee, state, received_at desc) where addressee is not null;
create index incoming_message_counterparty on incoming_message (counterparty, received_at desc) where counterparty is not null;
create index incoming_message_unmatched on incoming_message (received_at desc) where not matched;
create index incoming_message_unanswered on incoming_message (acknowledge_by) where state in ('registered', 'routed');
create index incoming_message_state on incoming_message (state, received_at desc);
create index incoming_message_became on incoming_message (became_id) where became_id is not null;
create index incoming_message_words on incoming_message using gin ((subject || ' ' || excerpt || ' ' || from_raw || ' ' || topic) gin_trgm_ops);
create index incoming_message_body_mail on incoming_message_body (mail_id) where mail_id is not null;
create index message_hop_message on message_hop (message, hop);
create index message_clock_employee on message_clock (employee, started_at);
create index message_clock_record on message_clock (record);
create index message_clock_started on message_clock (started_at);
