-- Resources of all types in one table, as they were written: content is text, because `1.00` must stay `1.00`. The record
-- of each person is a world of its own: ids are unique within it, and every index begins with the person, because the
-- policy on rows lets no other condition (lists of keys, patterns of text) use an index before the person is known.
create table fhir.resource (
  pk bigint generated always as identity primary key,
  user_id uuid not null,
  type text collate "C" not null,
  id text collate "C" not null,
  version integer not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  is_deleted boolean not null,
  content text not null,
  -- Hashes of tokens, references, addresses and exact texts: what most searches ask.
  keys bigint[] not null,
  -- Ids of the patients whose compartment it is in.
  patients text[] not null,
  unique (user_id, type, id)
);
create index resource_newest on fhir.resource (user_id, type, updated_at desc, pk desc);

create table fhir.history (
  user_id uuid not null,
  type text collate "C" not null,
  id text collate "C" not null,
  version integer not null,
  updated_at timestamptz not null,
  method text not null check (method in ('POST', 'PUT', 'PATCH', 'DELETE')),
  content text not null,
  position bigint generated always as identity,
  primary key (user_id, type, id, version)
);
create index history_newest on fhir.history (user_id, type, position desc);
-- lz4 unpacks several times faster; a server built without it keeps its own way.
do $$ begin
  alter table fhir.resource alter column content set compression lz4;
  alter table fhir.history alter column content set compression lz4;
exception when feature_not_supported then null;
end $$;

-- Values with an order. `parameter` is the hash of the search parameter's name (for the last part of a composite: of its
-- name with the parts before it).
create table fhir.date_value (
  user_id uuid not null,
  resource bigint not null references fhir.resource (pk) on delete cascade,
  parameter bigint not null,
  from_ms bigint not null,
  until_ms bigint not null
);
create index date_value_search on fhir.date_value (user_id, parameter, from_ms);
create index date_value_resource on fhir.date_value (resource, parameter);

create table fhir.number_value (
  user_id uuid not null,
  resource bigint not null references fhir.resource (pk) on delete cascade,
  parameter bigint not null,
  low double precision not null,
  high double precision not null,
  system text collate "C" not null,
  code text collate "C" not null,
  unit text collate "C" not null
);
create index number_value_search on fhir.number_value (user_id, parameter, low);
create index number_value_resource on fhir.number_value (resource, parameter);

create table fhir.text_value (
  user_id uuid not null,
  resource bigint not null references fhir.resource (pk) on delete cascade,
  parameter bigint not null,
  text text collate "C" not null
);
create index text_value_search on fhir.text_value (user_id, parameter, text);
create index text_value_resource on fhir.text_value (resource, parameter);

-- Who refers to whom, for chains, inclusion and `_has`.
create table fhir.reference_value (
  user_id uuid not null,
  resource bigint not null references fhir.resource (pk) on delete cascade,
  parameter bigint not null,
  target_type text collate "C" not null,
  target_id text collate "C" not null
);
create index reference_value_target on fhir.reference_value (user_id, target_type, target_id, parameter);
create index reference_value_resource on fhir.reference_value (resource, parameter);
