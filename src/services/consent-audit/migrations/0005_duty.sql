-- Who looks after a person's alarms now: one account at a time, until an hour that it named. Taken over by writing it anew.
create table consent_audit.duty (
  user_id uuid primary key,
  account_id uuid not null,
  since timestamptz not null,
  until timestamptz not null,
  check (until > since)
);
create index duty_account on consent_audit.duty (account_id);

-- What the one who was on duty leaves for the next.
create table consent_audit.handover_note (
  user_id uuid primary key,
  -- Null once that account is gone.
  author uuid,
  note kernel.encrypted not null,
  written_at timestamptz not null
);
create index handover_note_author on consent_audit.handover_note (author) where author is not null;
