-- A SMART Health Link: what somebody without an account may fetch of the record, until a day. Its address, its viewer page
-- and its passcode are kept as digests; its key is encrypted for the person and gone once the link is taken back.
create table health_links.health_link (
  id uuid primary key,
  user_id uuid not null,
  address_hash bytea not null unique,
  viewer_hash bytea not null unique,
  -- 256 bits: fresh content is encrypted with it at every request.
  key kernel.encrypted,
  label text,
  categories text[] not null check (cardinality(categories) between 1 and 30),
  passcode_hash text,
  -- Wrong passcodes that are left in the whole life of the link; at none it is over.
  tries_left integer not null check (tries_left >= 0),
  is_long_term boolean not null,
  is_direct boolean not null,
  max_uses integer check (max_uses > 0),
  uses integer not null default 0,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  last_used_at timestamptz,
  revoked_at timestamptz,
  check (not (is_direct and passcode_hash is not null))
);
create index health_link_user on health_links.health_link (user_id, created_at desc);

-- Addresses of single files, named by a manifest and good for a few minutes.
create table health_links.file_ticket (
  ticket_hash bytea primary key,
  user_id uuid not null,
  link_id uuid not null references health_links.health_link (id) on delete cascade,
  patient_id text not null,
  expires_at timestamptz not null
);
create index file_ticket_link on health_links.file_ticket (link_id);
create index file_ticket_user on health_links.file_ticket (user_id);
create index file_ticket_expiry on health_links.file_ticket (expires_at);

-- What the person adds to their emergency card; all else on it is read from where it is held.
create table health_links.card_note (
  user_id uuid primary key,
  notes kernel.encrypted not null,
  updated_at timestamptz not null
);

-- The card's address for helpers without an account: there while it is on. A new address is a new row.
create table health_links.card_link (
  id uuid not null unique,
  user_id uuid primary key,
  token_hash bytea not null unique,
  -- Printed again with every card.
  token kernel.encrypted not null,
  opened integer not null default 0,
  created_at timestamptz not null,
  last_opened_at timestamptz,
  last_told_at timestamptz
);
