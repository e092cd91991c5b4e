-- Who proved to be allowed to consent for a child (`user_id`).
create table consent_audit.guardian_proof (
  user_id uuid not null,
  account_id uuid not null,
  relationship text not null check (relationship in ('parent', 'legal_guardian')),
  method text not null check (method in ('verified-account', 'checked-by-operator')),
  state text not null check (state in ('waiting', 'verified', 'refused')),
  declared_at timestamptz not null,
  decided_at timestamptz,
  primary key (user_id, account_id)
);
create index guardian_proof_account on consent_audit.guardian_proof (account_id);
create index guardian_proof_waiting on consent_audit.guardian_proof (declared_at) where state = 'waiting';

-- A breach of personal data: what happened, and the clocks of its notices. Nothing in it is about one person.
create table consent_audit.breach (
  id uuid primary key,
  title text not null,
  nature text not null,
  categories text[] not null,
  consequences text not null,
  measures text not null,
  advice text not null,
  affects_everyone boolean not null,
  jurisdiction text not null,
  detected_at timestamptz not null,
  created_at timestamptz not null,
  authority_due_at timestamptz not null,
  authority_noticed_at timestamptz,
  authority_reference text,
  -- The last account that got a notice of a breach of everyone; null when all have theirs.
  next_seq bigint
);
create index breach_detected on consent_audit.breach (detected_at desc);
create index breach_authority on consent_audit.breach (authority_due_at) where authority_noticed_at is null;

-- One row a person that a breach concerns; told is when a message was handed over, or null while it waits.
create table consent_audit.breach_notice (
  breach_id uuid not null references consent_audit.breach (id),
  user_id uuid not null,
  handled_at timestamptz,
  was_told boolean,
  primary key (breach_id, user_id)
);
create index breach_notice_user on consent_audit.breach_notice (user_id);
create index breach_notice_waiting on consent_audit.breach_notice (breach_id) where handled_at is null;
