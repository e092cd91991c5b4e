-- A file that somebody gave to be imported, and how far its import is. The file itself lies, encrypted, among the person's
-- files until the import ends.
create table device_data.import (
  id uuid primary key,
  user_id uuid not null,
  -- Address of the file; null once it is removed.
  file_address text,
  file_name kernel.encrypted,
  size_bytes bigint not null,
  -- What the file seems to be; null for an archive.
  format text,
  -- Zone of times that name none.
  zone text not null,
  state text not null check (state in ('asking', 'waiting', 'running', 'done', 'partly', 'failed', 'cancelled')),
  -- What only the person can say: which column is what, or whether days or months stand first.
  question text check (question in ('columns', 'date-order')),
  answers kernel.encrypted,
  -- Columns with examples, for the question about them.
  preview kernel.encrypted,
  -- Where the import goes on: all batches before this one are stored.
  batches integer not null default 0,
  -- How files were read when the batches were counted: another way may count others.
  reader_version integer not null,
  bytes_read bigint not null default 0,
  taken bigint not null default 0,
  duplicates bigint not null default 0,
  skipped bigint not null default 0,
  -- The run that may write, and when it last did.
  run_id uuid,
  beat_at timestamptz,
  failure text,
  -- What each file of an archive was, with its name.
  entries kernel.encrypted,
  created_at timestamptz not null,
  started_at timestamptz,
  ended_at timestamptz
);
create index import_user on device_data.import (user_id, created_at desc, id desc);
create unique index import_file on device_data.import (user_id, file_address)
  where state in ('asking', 'waiting', 'running');
create index import_idle on device_data.import (created_at) where state = 'asking';

-- What was taken, by metric and source.
create table device_data.import_count (
  import_id uuid not null references device_data.import (id) on delete cascade,
  user_id uuid not null,
  metric text not null,
  source text not null,
  taken bigint not null,
  duplicates bigint not null,
  primary key (import_id, metric, source)
);
create index import_count_user on device_data.import_count (user_id);

-- What was not taken, why, and where the first few stood.
create table device_data.import_skip (
  import_id uuid not null references device_data.import (id) on delete cascade,
  user_id uuid not null,
  reason text not null,
  what text not null,
  count bigint not null,
  places text[] not null,
  primary key (import_id, reason, what)
);
create index import_skip_user on device_data.import_skip (user_id);
