-- What a person owns or wears. `source` names its series: one device, one source.
create table device_data.device (
  id uuid primary key,
  user_id uuid not null,
  name text not null,
  device_type text not null,
  connection_type text not null,
  status text not null,
  source text not null,
  manufacturer text,
  model text,
  serial_number text,
  mac_address text,
  firmware_version text,
  battery_percent smallint,
  is_primary boolean not null default false,
  is_active boolean not null default true,
  sync_interval_hours smallint not null default 24 check (sync_interval_hours between 1 and 168),
  supported_data_types text[] not null default '{}',
  settings jsonb not null default '{}',
  metadata jsonb not null default '{}',
  last_sync_at timestamptz,
  last_used_at timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null
);
create unique index device_source on device_data.device (user_id, source);
create unique index device_primary on device_data.device (user_id, device_type) where is_primary;
create index device_list on device_data.device (user_id, created_at desc, id desc);

-- One metric of one source of a person. Everything measured hangs on it.
create table device_data.series (
  id bigint generated always as identity primary key,
  user_id uuid not null,
  metric text not null,
  source text not null,
  unit text not null,
  is_simulated boolean not null default false,
  last_import_id text,
  last_sample_ms bigint,
  last_value double precision,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  unique (user_id, metric, source)
);

-- Young samples and sparse ones, a row each. `day` is the UTC day: what chunks are cut by.
create table device_data.sample (
  user_id uuid not null,
  series_id bigint not null references device_data.series (id) on delete cascade,
  day date not null,
  start_ms bigint not null,
  duration_ms integer not null check (duration_ms >= 0),
  value double precision not null,
  offset_minutes smallint not null,
  flags smallint not null,
  local_day date not null,
  primary key (series_id, start_ms, duration_ms)
);
create index sample_day on device_data.sample (day, series_id);
create index sample_user on device_data.sample (user_id);

-- Rollups of rows, kept in the statement that writes them. Sealed days have none by hour: their chunk is read instead.
create table device_data.hour (
  user_id uuid not null,
  series_id bigint not null references device_data.series (id) on delete cascade,
  day date not null,
  hour_ms bigint not null,
  n integer not null,
  minimum double precision not null,
  maximum double precision not null,
  total double precision not null,
  primary key (series_id, hour_ms)
);
create index hour_user on device_data.hour (user_id);

-- Rollups by the local day of the person, in the parts that a UTC day gives to it: replacing a part needs no other day.
create table device_data.day (
  user_id uuid not null,
  series_id bigint not null references device_data.series (id) on delete cascade,
  day date not null,
  local_day date not null,
  n integer not null,
  minimum double precision not null,
  maximum double precision not null,
  total double precision not null,
  -- Sum of squared deviations from the mean.
  spread double precision not null,
  last_ms bigint not null,
  last_value double precision not null,
  primary key (series_id, local_day, day)
);
create index day_user on device_data.day (user_id);

-- Sealed days: all samples of a series and UTC day, compressed (domain/chunk.ts).
create table device_data.chunk (
  user_id uuid not null,
  series_id bigint not null references device_data.series (id) on delete cascade,
  day date not null,
  n integer not null,
  version integer not null,
  updated_at timestamptz not null,
  data bytea not null,
  primary key (series_id, day)
);
alter table device_data.chunk alter column data set storage external;
create index chunk_user on device_data.chunk (user_id);

-- What the person changed or removed by hand: later imports don't undo it. Without a value: removed.
create table device_data.correction (
  user_id uuid not null,
  series_id bigint not null references device_data.series (id) on delete cascade,
  start_ms bigint not null,
  duration_ms integer not null,
  value double precision,
  at timestamptz not null,
  primary key (series_id, start_ms, duration_ms)
);
create index correction_user on device_data.correction (user_id);

-- What a client said beside a number: words, raw value, tags.
create table device_data.annotation (
  user_id uuid not null,
  series_id bigint not null references device_data.series (id) on delete cascade,
  start_ms bigint not null,
  duration_ms integer not null,
  data jsonb not null,
  created_at timestamptz not null,
  primary key (series_id, start_ms, duration_ms)
);
create index annotation_user on device_data.annotation (user_id);

-- An account at a maker. Tokens are encrypted for the person.
create table device_data.connection (
  id uuid primary key,
  user_id uuid not null,
  device_id uuid not null references device_data.device (id) on delete cascade,
  provider text not null,
  status text not null,
  external_user text,
  scopes text not null default '',
  access_token kernel.encrypted,
  refresh_token kernel.encrypted,
  token_expires_at timestamptz,
  -- Up to where everything was read, per kind of data.
  watermark jsonb not null default '{}',
  last_sync_at timestamptz,
  last_error text,
  retry_after timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null
);
create unique index connection_device on device_data.connection (device_id);
create index connection_user on device_data.connection (user_id);
create index connection_due on device_data.connection (last_sync_at) where status = 'connected';

-- A sign-in at a maker that is on its way. The state is kept as its digest.
create table device_data.authorization_request (
  state_hash bytea primary key,
  user_id uuid not null,
  device_id uuid not null,
  provider text not null,
  code_verifier kernel.encrypted not null,
  redirect_uri text not null,
  return_to text,
  expires_at timestamptz not null
);
create index authorization_request_user on device_data.authorization_request (user_id);
create index authorization_request_expiry on device_data.authorization_request (expires_at);

-- Back-fills and syncs that clients ask for and ask after.
create table device_data.sync_task (
  id uuid primary key,
  user_id uuid not null,
  source text not null,
  status text not null,
  accepted integer not null default 0,
  skipped integer not null default 0,
  days integer not null,
  detail text,
  created_at timestamptz not null,
  updated_at timestamptz not null
);
create index sync_task_user on device_data.sync_task (user_id, created_at desc);

-- Secrets of uploaders (Nightscout): the digest of what they send.
create table device_data.uploader (
  id uuid primary key,
  user_id uuid not null,
  label text not null,
  secret_hash bytea not null unique,
  may_read boolean not null default false,
  created_at timestamptz not null,
  last_used_at timestamptz
);
create index uploader_user on device_data.uploader (user_id);

-- Treatments and device states as uploaders send them, beside the samples that come of them.
create table device_data.upload_document (
  user_id uuid not null,
  kind text not null,
  identifier text not null,
  at_ms bigint not null,
  document jsonb not null,
  modified_at timestamptz not null,
  primary key (user_id, kind, identifier)
);
create index upload_document_time on device_data.upload_document (user_id, kind, at_ms desc);
