-- Accounts, the ways to sign in to them, and what they signed in with. Secrets are hashes; a time-based code's seed is sealed.

create table auth.account (
  -- Also the id of the account holder as a person.
  user_id uuid primary key,
  seq bigint generated always as identity unique,
  status text not null default 'active' check (status in ('active', 'suspended', 'deleted')),
  roles text[] not null default '{patient}',
  plan text not null default 'free' check (plan in ('free', 'pro', 'enterprise')),
  display_name text not null default '',
  first_name text,
  last_name text,
  company text,
  is_anonymous boolean not null default false,
  is_demo boolean not null default false,
  created_at timestamptz not null,
  last_login_at timestamptz,
  deleted_at timestamptz
);
create index account_administrators on auth.account (user_id) where 'administrator' = any (roles) and status = 'active';

-- Handles an account is known by: e-mail (lower case), phone (E.164), research id, `issuer|subject` of an outside issuer.
create table auth.identity (
  kind text not null check (kind in ('email', 'phone', 'research', 'oidc', 'mobile')),
  value text not null,
  user_id uuid not null references auth.account on delete cascade,
  verified_at timestamptz,
  created_at timestamptz not null,
  primary key (kind, value)
);
create index identity_user on auth.identity (user_id);

create table auth.password (
  user_id uuid primary key references auth.account on delete cascade,
  hash text not null,
  changed_at timestamptz not null
);

-- A sign-in. Access tokens name it; opaque tokens (cookie, `session_...`) are found by their hash.
create table auth.session (
  id uuid primary key,
  user_id uuid not null references auth.account on delete cascade,
  method text not null,
  token_hash bytea unique,
  address text not null,
  user_agent text not null,
  created_at timestamptz not null,
  last_seen_at timestamptz not null,
  expires_at timestamptz not null,
  revoked_at timestamptz,
  revoked_reason text
);
create index session_holder on auth.session (user_id, created_at desc);
create index session_expires on auth.session (expires_at);

-- Refresh tokens of a session; each is good once. The session is their family.
create table auth.refresh_token (
  hash bytea primary key,
  session_id uuid not null references auth.session on delete cascade,
  user_id uuid not null references auth.account on delete cascade,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  used_at timestamptz
);
create index refresh_token_session on auth.refresh_token (session_id);
create index refresh_token_user on auth.refresh_token (user_id);
create index refresh_token_expires on auth.refresh_token (expires_at);

-- Failed sign-ins per handle and network address, whether or not the handle exists. Both are keyed digests.
create table auth.attempt (
  handle bytea not null,
  address bytea not null,
  failures integer not null,
  first_at timestamptz not null,
  last_at timestamptz not null,
  primary key (handle, address)
);
create index attempt_last on auth.attempt (last_at);

-- Networks from which the owner signed in before (keyed digest): they stay open while strangers are slowed down.
create table auth.known_address (
  user_id uuid not null references auth.account on delete cascade,
  address bytea not null,
  last_at timestamptz not null,
  primary key (user_id, address)
);
create index known_address_last on auth.known_address (last_at);

-- One-time codes and links: phone sign-in, password reset, e-mail proof, first administrator.
create table auth.challenge (
  id uuid primary key,
  kind text not null check (kind in ('phone', 'reset', 'email', 'setup')),
  -- Keyed digest of the phone or e-mail it was asked for; a handle that nobody has gets a row as well.
  handle bytea not null,
  -- Keyed digest of the network that asked: nobody can spend another network's tries.
  address bytea not null,
  user_id uuid references auth.account on delete cascade,
  secret_hash bytea not null,
  tries_left integer not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  used_at timestamptz
);
create index challenge_handle on auth.challenge (kind, handle, created_at desc);
create index challenge_secret on auth.challenge (kind, secret_hash);
create index challenge_user on auth.challenge (user_id) where user_id is not null;
create index challenge_expires on auth.challenge (expires_at);

create table auth.totp (
  user_id uuid primary key references auth.account on delete cascade,
  sealed_secret text not null,
  confirmed_at timestamptz,
  -- The newest 30-second step whose code was taken: no code is good twice.
  last_step bigint not null default 0,
  created_at timestamptz not null
);

create table auth.backup_code (
  user_id uuid not null references auth.account on delete cascade,
  hash bytea not null,
  used_at timestamptz,
  primary key (user_id, hash)
);

create table auth.api_key (
  id bigint generated always as identity primary key,
  user_id uuid not null references auth.account on delete cascade,
  name text not null,
  hash bytea not null unique,
  prefix text not null,
  scopes text[] not null,
  usage_count bigint not null default 0,
  last_used_at timestamptz,
  expires_at timestamptz,
  revoked_at timestamptz,
  created_at timestamptz not null
);
create index api_key_user on auth.api_key (user_id);

-- Calls made with API keys in a month (UTC), for the quota of the plan.
create table auth.api_usage (
  user_id uuid not null references auth.account on delete cascade,
  month date not null,
  calls bigint not null,
  primary key (user_id, month)
);

create table auth.research_id (
  research_id text primary key,
  is_active boolean not null default true,
  created_at timestamptz not null
);

create table auth.disclaimer_acknowledgement (
  research_id text not null,
  version text not null,
  acknowledged_at timestamptz not null,
  primary key (research_id, version)
);

-- What the phone sign-up asks beside the identity. user-profile keeps the record; this serves the old /auth/me.
create table auth.signup_profile (
  user_id uuid primary key references auth.account on delete cascade,
  facts jsonb not null default '{}',
  preferences jsonb not null default '{}',
  updated_at timestamptz not null
);

create table auth.signup_consent (
  id bigint generated always as identity primary key,
  user_id uuid not null references auth.account on delete cascade,
  purpose text not null,
  data_category text not null,
  granted boolean not null,
  consent_text text,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  unique (user_id, purpose, data_category)
);

-- A social sign-in between leaving for the provider and coming back.
create table auth.social_attempt (
  state_hash bytea primary key,
  provider text not null,
  browser_hash bytea not null,
  sealed_verifier text not null,
  nonce text not null,
  return_to text not null,
  expires_at timestamptz not null
);
create index social_attempt_expires on auth.social_attempt (expires_at);
