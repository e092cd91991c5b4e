-- A hospital's system that a record is connected with. Tokens are encrypted for the person and bound to the row.
create table medical_records.hospital (
  id uuid primary key,
  user_id uuid not null,
  system text not null check (system in ('epic', 'cerner', 'athena', 'meditech', 'allscripts', 'custom')),
  status text not null check (status in ('connected', 'expired', 'error')),
  base_url text not null,
  -- The id that the hospital knows the person by.
  patient kernel.encrypted not null,
  scopes text not null,
  access_token kernel.encrypted not null,
  refresh_token kernel.encrypted,
  token_expires_at timestamptz,
  last_read_at timestamptz,
  last_error text,
  retry_after timestamptz,
  -- What the last reading brought.
  last_import_id uuid,
  taken integer not null default 0 check (taken >= 0),
  created_at timestamptz not null,
  updated_at timestamptz not null
);
create unique index hospital_system on medical_records.hospital (user_id, system);
create index hospital_due on medical_records.hospital (last_read_at nulls first) where status <> 'expired';

-- A sign-in at a hospital that is on its way. State and the browser's half are kept as digests.
create table medical_records.hospital_request (
  state_hash bytea primary key,
  user_id uuid not null,
  account_id uuid not null,
  browser_hash bytea not null,
  system text not null,
  base_url text not null,
  token_url text not null,
  code_verifier kernel.encrypted not null,
  redirect_uri text not null,
  return_to text,
  expires_at timestamptz not null
);
create index hospital_request_user on medical_records.hospital_request (user_id);
create index hospital_request_expiry on medical_records.hospital_request (expires_at);
