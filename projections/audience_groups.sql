create table audience_group (
  id         uuid primary key,
  kind       text not null,
  name       text not null,
  members    uuid[] not null,
  closed     boolean not null,
  created_at timestamptz not null,
  changed_at timestamptz not null,
  revision   bigint not null
);
-- after catch-up
create index audience_group_by_member on audience_group using gin (members);
