-- What a person was asked and answered: one row a decision, never edited; only its end is written, once.
create table consent_audit.consent (
  id uuid primary key,
  seq bigint generated always as identity unique check (seq <= 9007199254740991),
  user_id uuid not null,
  category text not null,
  purpose text not null,
  recipient text not null,
  granted boolean not null,
  -- Which text was shown: id and version of a notice, and a hash of what the client showed instead or beside it.
  notice_id text not null,
  notice_version integer not null,
  text_hash text,
  language text not null,
  channel text not null check (channel in ('api', 'sign-up', 'record')),
  -- The account that answered: the person's own, or of whoever keeps their record. Null once that account is gone.
  given_by uuid,
  given_at timestamptz not null,
  expires_at timestamptz,
  ended_at timestamptz,
  end_reason text check (end_reason in ('withdrawn', 'superseded', 'objection')),
  check ((ended_at is null) = (end_reason is null))
);
create index consent_user on consent_audit.consent (user_id, seq desc);
create unique index consent_live on consent_audit.consent (user_id, category, purpose, recipient) where ended_at is null;
create index consent_giver on consent_audit.consent (given_by) where given_by is not null;

-- Decisions are evidence: nothing but their end, and the account of a giver who left, may change.
create function consent_audit.keep_decision() returns trigger language plpgsql as $$
begin
  if (to_jsonb(old) - array['ended_at', 'end_reason', 'given_by']) <> (to_jsonb(new) - array['ended_at', 'end_reason', 'given_by'])
    or old.ended_at is not null and old.ended_at is distinct from new.ended_at
    or new.given_by is not null and old.given_by is distinct from new.given_by then
    raise exception 'a decision on a consent is never edited';
  end if;
  return new;
end $$;
create trigger consent_stays before update on consent_audit.consent
  for each row execute function consent_audit.keep_decision();

-- Access that a person gives to an account: nothing is open before the account accepts, and nothing after `ends_at`.
create table consent_audit.share_grant (
  id uuid primary key,
  user_id uuid not null,
  grantee uuid,
  -- An invitation by e-mail: whoever reads the mailbox holds the code. The address itself isn't kept.
  code_hash bytea unique,
  invited_by text not null check (invited_by in ('account', 'email')),
  relation text not null check (relation in ('caregiver', 'clinician', 'family', 'other')),
  categories text[] not null check (cardinality(categories) between 1 and 30),
  action text not null check (action in ('read', 'write')),
  label text,
  -- Who is on duty when; kept for the caregivers' roster.
  duty_roster jsonb,
  created_at timestamptz not null,
  ends_at timestamptz not null,
  accepted_at timestamptz,
  ended_at timestamptz,
  end_reason text check (end_reason in ('revoked', 'declined', 'left')),
  check ((ended_at is null) = (end_reason is null))
);
create index share_grant_user on consent_audit.share_grant (user_id, created_at desc);
create index share_grant_grantee on consent_audit.share_grant (grantee, created_at desc) where grantee is not null;

-- A link for people without an account. The token itself is nowhere but in the link.
create table consent_audit.share_link (
  id uuid primary key,
  user_id uuid not null,
  token_hash bytea not null unique,
  label text,
  categories text[] not null check (cardinality(categories) between 1 and 30),
  passcode_hash text,
  failures integer not null default 0,
  locked_until timestamptz,
  max_uses integer check (max_uses > 0),
  uses integer not null default 0,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  last_used_at timestamptz,
  revoked_at timestamptz
);
create index share_link_user on consent_audit.share_link (user_id, created_at desc);

-- A clinician opened a record without being asked in: for an hour, with a reason, the person told.
create table consent_audit.emergency_access (
  id uuid primary key,
  user_id uuid not null,
  clinician uuid,
  reason text not null,
  categories text[] not null,
  opened_at timestamptz not null,
  ends_at timestamptz not null,
  ended_at timestamptz
);
create index emergency_access_user on consent_audit.emergency_access (user_id, opened_at desc);
create index emergency_access_clinician on consent_audit.emergency_access (clinician, opened_at desc);

-- Under which law a person's data are held; the platform's own default where nothing is said.
create table consent_audit.jurisdiction (
  user_id uuid primary key,
  code text not null,
  updated_at timestamptz not null
);

-- What a person asked for by right, with the day by which an answer is due.
create table consent_audit.rights_request (
  id uuid primary key,
  user_id uuid not null,
  reference text not null unique,
  kind text not null,
  state text not null check (state in ('open', 'done', 'refused', 'cancelled')),
  detail text,
  answer text,
  created_at timestamptz not null,
  due_at timestamptz not null,
  done_at timestamptz
);
create index rights_request_user on consent_audit.rights_request (user_id, created_at desc);
create index rights_request_open on consent_audit.rights_request (due_at) where state = 'open';

-- Purposes that a person objects to: no consent to them is taken while the objection stands.
create table consent_audit.objection (
  user_id uuid not null,
  purpose text not null,
  created_at timestamptz not null,
  primary key (user_id, purpose)
);

-- Who acts for the person on death or incapacity.
create table consent_audit.nominee (
  user_id uuid primary key,
  name text not null,
  relationship text not null,
  contact text not null,
  updated_at timestamptz not null
);

-- An export: its zip lies, encrypted, among the person's files until it expires.
create table consent_audit.export (
  id uuid primary key,
  user_id uuid not null,
  state text not null check (state in ('waiting', 'running', 'ready', 'failed', 'expired')),
  parts_done integer not null default 0,
  parts_total integer not null default 0,
  size_bytes bigint,
  -- Name of the file.
  address text,
  sha256 text,
  created_at timestamptz not null,
  ready_at timestamptz,
  expires_at timestamptz not null
);
create index export_user on consent_audit.export (user_id, created_at desc);
create index export_expiry on consent_audit.export (expires_at) where state <> 'expired';

-- A request to erase: closed to everyone from the request on, carried out when the time of grace is over.
create table consent_audit.erasure (
  id uuid primary key,
  user_id uuid not null,
  certificate_id uuid not null,
  requested_at timestamptz not null,
  due_at timestamptz not null,
  cancelled_at timestamptz
);
create unique index erasure_pending on consent_audit.erasure (user_id) where cancelled_at is null;
create index erasure_due on consent_audit.erasure (due_at) where cancelled_at is null;

-- What proves an erasure afterwards; nothing in it tells whose it was. Whoever holds the receipt's code may read it.
create table consent_audit.erasure_certificate (
  id uuid primary key,
  code_hash bytea not null unique,
  jurisdiction text not null,
  policy_version integer not null,
  requested_at timestamptz not null,
  due_at timestamptz not null,
  -- Every service notes what it removed under the id of this certificate.
  executed_at timestamptz
);

-- Controls that were executed, and what came of it. No row: not yet checked.
create table consent_audit.control_run (
  id uuid primary key,
  control text not null,
  outcome text not null check (outcome in ('passed', 'failed', 'unavailable')),
  finding text not null,
  evidence jsonb not null,
  ran_at timestamptz not null,
  took_ms integer not null
);
create index control_run_latest on consent_audit.control_run (control, id desc);
