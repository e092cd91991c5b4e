-- What is known of a person, one document a section: `account` (what came with the account), `profile`, `preferences`,
-- `privacy`, `health-attributes`. A document is written whole or merged member by member, and read whole; nothing is
-- ever looked for inside one. A cleared section keeps its row, so that a version never comes back with other content.
create table user_profile.section (
  user_id uuid not null,
  section text not null check (section in ('account', 'profile', 'preferences', 'privacy', 'health-attributes')),
  version integer not null,
  data jsonb not null check (jsonb_typeof(data) = 'object'),
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (user_id, section)
);

-- People an account keeps a record for. They are persons of their own, with no account.
create table user_profile.membership (
  -- The decision behind the account's right to the record.
  id uuid not null unique,
  account_id uuid not null,
  person_id uuid not null,
  role text not null check (role in ('guardian', 'manager')),
  relationship text not null check (relationship in ('child', 'partner', 'parent', 'sibling', 'other')),
  created_at timestamptz not null,
  -- From here on nobody sees the record; its erasure is on the way.
  removed_at timestamptz,
  primary key (account_id, person_id),
  check (account_id <> person_id)
);
create index membership_person on user_profile.membership (person_id);
