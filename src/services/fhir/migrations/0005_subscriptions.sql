-- Who is told of what: one row a Subscription resource.
create table fhir.subscription (
  user_id uuid not null,
  id text collate "C" not null,
  -- Told as far as this account may see the record.
  requester uuid not null,
  type text collate "C" not null,
  query text not null,
  endpoint text not null,
  payload text not null,
  headers kernel.encrypted,
  secret kernel.encrypted not null,
  state text not null check (state in ('requested', 'active', 'error', 'off')),
  ends_at timestamptz,
  attempts integer not null default 0,
  primary key (user_id, id)
);
create index subscription_active on fhir.subscription (user_id, type) where state = 'active';

-- What is still to be told, and what could not be.
create table fhir.notification (
  id uuid primary key,
  user_id uuid not null,
  subscription text collate "C" not null,
  type text collate "C" not null,
  resource_id text collate "C" not null,
  version integer not null,
  state text not null check (state in ('waiting', 'sent', 'dropped', 'dead')),
  attempts integer not null default 0,
  last_error text,
  created_at timestamptz not null,
  ended_at timestamptz,
  unique (user_id, subscription, type, resource_id, version)
);
create index notification_ended on fhir.notification (ended_at) where ended_at is not null;
