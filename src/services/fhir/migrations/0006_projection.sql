-- Resources whose rows another service owns stand in the same table, with all they are found by and without their content:
-- `content` is empty, `owner` says whom to ask. A resource that its owner can't hold as a whole is stored here (`content`)
-- and linked to the owner's row, so that it shows once.
alter table fhir.resource
  -- Who may see it: whoever may see this category of the record.
  add column category text collate "C" not null default 'health_records',
  -- `health-tracking.vitals`: service and projection. Null for what is stored here alone.
  add column owner text collate "C",
  -- The id under which the owner knows it.
  add column owner_id text collate "C",
  -- The owner's version that a linked resource was last brought together with.
  add column owner_version integer;
create unique index resource_owner on fhir.resource (user_id, owner, type, owner_id) where owner is not null;
alter table fhir.history add column category text collate "C" not null default 'health_records';

-- The categories of the record that the caller of this statement may see; null for all of them (the own record). Every
-- statement asks once. Conversations and rights are shared with nobody and hold no resources.
create function fhir.visible_categories() returns text[] language plpgsql stable parallel safe as $$
declare
  of_person uuid := nullif(current_setting('salus.person', true), '')::uuid;
  of_account uuid := nullif(current_setting('salus.account', true), '')::uuid;
begin
  if of_account is null or of_account = of_person then return null; end if;
  return array(select c from unnest(array['personal_info', 'vitals', 'symptoms', 'goals', 'wellness', 'location',
      'mental_health', 'documents', 'medications', 'diagnostics', 'emergency', 'health_records', 'nutrition', 'genomics',
      'devices']) c
    where kernel.opens_record(of_account, of_person, c, nullif(current_setting('salus.action', true), ''),
      nullif(current_setting('salus.now', true), '')::timestamptz));
end $$;

-- Beside the policy that every table about people has: no grantee learns of a resource of another category, by whatever
-- search, count or order.
create policy seen_categories on fhir.resource as restrictive to salus_service
  using (coalesce(category = any ((select fhir.visible_categories())::text[]), true));
create policy seen_categories on fhir.history as restrictive to salus_service
  using (coalesce(category = any ((select fhir.visible_categories())::text[]), true));

-- What was announced and is not looked at yet. A newer announcement takes a new ticket: whoever looked before it came does
-- not write what they saw.
create sequence fhir.projection_ticket;
create table fhir.projection_change (
  user_id uuid not null,
  owner text collate "C" not null,
  type text collate "C" not null,
  id text collate "C" not null,
  ticket bigint not null default nextval('fhir.projection_ticket'),
  announced_at timestamptz not null,
  primary key (user_id, owner, type, id)
);
create index projection_change_oldest on fhir.projection_change (announced_at);

-- How far the rows of each owner are indexed; once all are, announcements keep it so.
create table fhir.projection_state (
  user_id uuid not null,
  owner text collate "C" not null,
  -- Where reading goes on.
  cursor text,
  done_at timestamptz,
  primary key (user_id, owner)
);

-- Changes made through FHIR that their owner is still to be told. They are told at once; a row that stays behind (the owner
-- was away) is told by a job.
create table fhir.handover (
  user_id uuid not null,
  type text collate "C" not null,
  id text collate "C" not null,
  method text not null check (method in ('WRITE', 'DELETE')),
  owner text collate "C" not null,
  -- Under which id the owner knows it; null for a new one.
  owner_id text collate "C",
  content text not null,
  created_at timestamptz not null,
  primary key (user_id, type, id)
);
create index handover_oldest on fhir.handover (created_at);
