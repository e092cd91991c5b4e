-- Which days a link shows (both included, in the zone of the person when it was made), and whether its holder may write back.
alter table health_links.health_link
  add column from_day date,
  add column until_day date,
  add column zone text not null default 'UTC',
  add column allows_notes boolean not null default false,
  add constraint health_link_days check (from_day <= until_day);

-- One opening of a link's page: for a while it lets the same reader take the document along, or write back.
create table health_links.visit (
  visit_hash bytea primary key,
  user_id uuid not null,
  link_id uuid not null references health_links.health_link (id) on delete cascade,
  expires_at timestamptz not null
);
create index visit_link on health_links.visit (link_id);
create index visit_user on health_links.visit (user_id);
create index visit_expiry on health_links.visit (expires_at);

-- What somebody with a link wrote back: nothing of the record until the person takes it. Who wrote it is what they said.
create table health_links.link_note (
  id uuid primary key,
  user_id uuid not null,
  link_id uuid not null references health_links.health_link (id) on delete cascade,
  content kernel.encrypted not null,
  written_at timestamptz not null
);
create index link_note_user on health_links.link_note (user_id, written_at desc);
create index link_note_link on health_links.link_note (link_id, written_at);

-- What the person wants to ask at the next visit.
create table health_links.visit_question (
  user_id uuid primary key,
  questions kernel.encrypted not null,
  updated_at timestamptz not null
);
