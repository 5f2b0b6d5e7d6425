create table work_item (
  id           uuid primary key,
  counterparty uuid not null,
  responsible  uuid not null,
  author       uuid not null,
  due_on       date not null,
  original_due date not null,
  text         text not null,
  state        text not null,
  moved        integer not null,
  move_reason  text not null,
  result       text not null,
  planned_at   timestamptz not null,
  closed_at    timestamptz
);
-- after catch-up
create index work_item_day on work_item (due_on, id);
create index work_item_employee on work_item (responsible, due_on, id);
create index work_item_counterparty on work_item (counterparty, due_on, id);
