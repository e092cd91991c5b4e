-- One row a document: a file with what was read in it, or what a person wrote down of a paper. What it says is encrypted.
create table medical_records.document (
  id uuid primary key,
  -- The whole number that clients of S001 know a record by.
  seq bigint generated always as identity unique,
  user_id uuid not null,
  -- A draft was analysed and waits to be saved; it is removed when nobody does.
  is_draft boolean not null default false,
  document_type text not null check (document_type <> ''),
  status text not null
    check (status in ('uploaded', 'processing', 'ocr_completed', 'metadata_extracted', 'validated', 'error')),
  -- Why it could not be read, as a code.
  fault text,
  storage_policy text not null check (storage_policy in ('permanent', 'temporary')),
  source text not null check (source in ('upload', 'analyze', 'manual')),
  mime_type text,
  size_bytes bigint check (size_bytes >= 0),
  page_count integer check (page_count >= 0),
  -- Where the encrypted file lies; the same for the same content of the same person.
  address text,
  document_date date,
  -- How its text was had: text, ocr or none.
  method text,
  confidence real check (confidence between 0 and 1),
  tags text[] not null default '{}',
  -- Title, file name, names of people and places, notes.
  details kernel.encrypted not null,
  -- The whole text.
  content kernel.encrypted,
  consented_at timestamptz,
  expires_at timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null
);
create unique index document_address on medical_records.document (user_id, address) where address is not null;
create index document_user on medical_records.document (user_id, created_at desc, id desc);
create index document_expiry on medical_records.document (expires_at) where expires_at is not null;

-- One row a value that was read in a document. It is nothing but a proposal until the person takes or corrects it.
create table medical_records.finding (
  id uuid primary key,
  user_id uuid not null,
  document_id uuid not null references medical_records.document on delete cascade,
  position integer not null,
  kind text not null check (kind in ('lab', 'medication', 'diagnosis', 'critical_info')),
  state text not null check (state in ('unconfirmed', 'accepted', 'corrected', 'rejected')),
  is_certain boolean not null,
  doubts text[] not null,
  page integer not null check (page >= 1),
  -- Left, top, right and bottom as fractions of the page.
  box real[] check (cardinality(box) = 4),
  -- As it was read.
  content kernel.encrypted not null,
  -- As the person took it.
  decided kernel.encrypted,
  decided_by uuid,
  decided_at timestamptz,
  created_at timestamptz not null,
  check ((state in ('accepted', 'corrected')) = (decided is not null))
);
create index finding_document on medical_records.finding (document_id, position);
create index finding_user on medical_records.finding (user_id, state, kind);
