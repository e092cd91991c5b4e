-- One row a note. The frame closes every table with a user_id to all rows but the person's own.
create table medical_records.entry (
  id uuid primary key,
  user_id uuid not null,
  note text not null check (note <> ''),
  created_at timestamptz not null
);
create index entry_user on medical_records.entry (user_id, created_at desc, id desc);
