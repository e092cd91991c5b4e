-- The frame's own tables. Rows about people live in the services' schemas; what passes through here is pruned.

create function kernel.person() returns uuid language sql stable parallel safe
  as $$ select nullif(current_setting('salus.person', true), '')::uuid $$;
create function kernel.account() returns uuid language sql stable parallel safe
  as $$ select nullif(current_setting('salus.account', true), '')::uuid $$;

-- Events as they were announced. `position` orders delivery per key.
create table kernel.outbox (
  id uuid primary key,
  position bigint generated always as identity unique,
  service text not null,
  type text not null,
  topic text not null,
  key text not null,
  data jsonb not null,
  request_id text,
  created_at timestamptz not null,
  relayed_at timestamptz
);
create index outbox_unrelayed on kernel.outbox (position) where relayed_at is null;
create index outbox_created on kernel.outbox (created_at);
create index outbox_key on kernel.outbox (key);

-- Who hears what; every process writes its own subscriptions when it starts.
create table kernel.subscription (
  consumer text not null,
  type text not null,
  primary key (consumer, type)
);

-- One row an event and consumer: claimed under a lease, done in the transaction of its effects.
create table kernel.inbox (
  event_id uuid not null references kernel.outbox (id) on delete cascade,
  consumer text not null,
  position bigint not null,
  key text not null,
  attempts integer not null default 0,
  next_at timestamptz not null,
  done_at timestamptz,
  failed_at timestamptz,
  last_error text,
  primary key (event_id, consumer)
);
create index inbox_open on kernel.inbox (consumer, key, position) where done_at is null and failed_at is null;
create index inbox_due on kernel.inbox (consumer, next_at) where done_at is null and failed_at is null;

-- Announces an event to the outbox and to everyone subscribed, in the caller's transaction.
create function kernel.publish(event_id uuid, of_service text, of_type text, of_topic text, of_key text, of_data jsonb,
  of_request text, at timestamptz) returns void language plpgsql security definer set search_path = kernel, pg_temp as $$
declare at_position bigint;
begin
  insert into kernel.outbox (id, service, type, topic, key, data, request_id, created_at)
    values (event_id, of_service, of_type, of_topic, of_key, of_data, of_request, at) returning position into at_position;
  insert into kernel.inbox (event_id, consumer, position, key, next_at)
    select event_id, consumer, at_position, of_key, at from kernel.subscription where type = of_type;
end $$;

-- Marks a delivery in the consumer's transaction; false when it was marked before.
create function kernel.mark_delivered(of_event uuid, of_consumer text, at timestamptz) returns boolean
  language plpgsql security definer set search_path = kernel, pg_temp as $$
begin
  update inbox set done_at = at where event_id = of_event and consumer = of_consumer and done_at is null;
  return found;
end $$;

create table kernel.job (
  id uuid primary key,
  service text not null,
  name text not null,
  key text,
  user_key text,
  data jsonb not null,
  run_at timestamptz not null,
  lease_until timestamptz,
  attempts integer not null default 0,
  done_at timestamptz,
  failed_at timestamptz,
  last_error text,
  created_at timestamptz not null
);
create index job_due on kernel.job (service, run_at) where done_at is null and failed_at is null;
create unique index job_key on kernel.job (service, name, key) where done_at is null and failed_at is null and key is not null;
create index job_ended on kernel.job (done_at) where done_at is not null;
create index job_user on kernel.job (user_key) where user_key is not null;

create function kernel.enqueue(job_id uuid, of_service text, of_name text, of_key text, of_user text, of_data jsonb,
  at timestamptz, made_at timestamptz) returns void language sql security definer set search_path = kernel, pg_temp as $$
  insert into kernel.job (id, service, name, key, user_key, data, run_at, created_at)
    values (job_id, of_service, of_name, of_key, of_user, of_data, at, made_at)
    on conflict (service, name, key) where done_at is null and failed_at is null and key is not null do nothing
$$;

-- Recurring jobs: when each is due next. One row a job for the whole platform.
create table kernel.schedule (
  service text not null,
  name text not null,
  next_at timestamptz not null,
  lease_until timestamptz,
  last_run_at timestamptz,
  last_error text,
  primary key (service, name)
);

-- A request that carried an Idempotency-Key: claimed in the transaction of its effects, answered again from here.
create table kernel.idempotency (
  account_key text not null,
  key text not null,
  operation text not null,
  body_hash text not null,
  status integer,
  answer text,
  created_at timestamptz not null,
  primary key (account_key, key)
);
create index idempotency_created on kernel.idempotency (created_at);

-- Who did what to whose record. Append-only for the services' role.
create table kernel.audit (
  id uuid primary key,
  at timestamptz not null,
  account_id uuid,
  person_id uuid,
  service text not null,
  operation text not null,
  outcome text not null,
  reason text,
  request_id text not null
);
create index audit_person on kernel.audit (person_id, at desc);
create index audit_account on kernel.audit (account_id, at desc);

-- What the frame itself still holds about a person who leaves; the announcement of leaving stays until all have heard it.
create function kernel.forget(person uuid, announcement uuid) returns void language sql security definer
  set search_path = kernel, pg_temp as $$
  delete from outbox where key = person::text and id is distinct from announcement;
  delete from job where user_key = person::text;
  delete from idempotency where account_key = person::text;
$$;

-- People of the demo household, so that one command removes them all.
create table kernel.demo_person (
  person_id uuid primary key,
  account_id uuid not null,
  key text not null unique,
  created_at timestamptz not null
);
