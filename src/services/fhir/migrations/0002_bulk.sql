-- Long work in the background: exports and imports of a record. What such a job shows is what its requester may see while
-- it runs; its files lie encrypted with the files of the person.
create table fhir.bulk_job (
  id uuid primary key,
  user_id uuid not null,
  -- The account that asked for it.
  requester uuid not null,
  kind text not null check (kind in ('export', 'import')),
  state text not null check (state in ('waiting', 'running', 'done', 'failed', 'cancelled')),
  -- The address that asked, as the manifest repeats it.
  request text not null,
  parameters jsonb not null,
  -- Where it goes on after an interruption, and how often it was moved on: two runs of one job can't both do so.
  position jsonb not null,
  step integer not null default 0,
  attempts integer not null default 0,
  done_count bigint not null default 0,
  total_count bigint,
  -- What an import did, by outcome.
  counts jsonb not null default '{}',
  failure text,
  created_at timestamptz not null,
  ended_at timestamptz,
  expires_at timestamptz not null
);
create index bulk_job_person on fhir.bulk_job (user_id, created_at desc);
create index bulk_job_expires on fhir.bulk_job (expires_at);

create table fhir.bulk_file (
  id uuid primary key,
  user_id uuid not null,
  job uuid not null,
  kind text not null check (kind in ('output', 'deleted', 'error', 'input')),
  type text collate "C" not null,
  ordinal integer not null,
  address text not null,
  count bigint not null,
  size_bytes bigint not null
);
create index bulk_file_job on fhir.bulk_file (job, ordinal);
create index bulk_file_address on fhir.bulk_file (user_id, address);

-- Where each imported resource came from, so that it is imported once: by the address it had there, and by its content.
create table fhir.import_link (
  user_id uuid not null,
  source text collate "C" not null,
  type text collate "C" not null,
  id text collate "C" not null,
  -- Of the content without id and meta, as it came; empty for an alias of something that was there.
  digest text collate "C" not null,
  primary key (user_id, source)
);
create index import_link_digest on fhir.import_link (user_id, type, digest);

-- What an import left out, and why; no values of the resource.
create table fhir.import_note (
  user_id uuid not null,
  job uuid not null,
  ordinal bigint not null,
  outcome text not null check (outcome in ('skipped', 'refused')),
  source text not null,
  reason text not null,
  primary key (job, ordinal)
);
create index import_note_person on fhir.import_note (user_id);
