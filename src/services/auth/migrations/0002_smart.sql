-- Apps that people let into their records (SMART App Launch), and backend services. Secrets and tokens are hashes.

create table auth.app_client (
  id text primary key,
  name text not null,
  -- Who stands behind it, as the consent page says it.
  publisher text not null,
  homepage text,
  -- How it proves itself: not at all, by a secret, by a signature with its key.
  proof text not null check (proof in ('none', 'secret', 'key')),
  secret_hash bytea,
  jwks jsonb,
  jwks_uri text,
  redirect_uris text[] not null,
  scopes text[] not null,
  -- A backend service acts for itself: people let it in as they let in an account, under this id, which is nobody's.
  service_id uuid unique,
  registered_by text not null check (registered_by in ('operator', 'itself')),
  -- With which a client that registered itself changes its registration.
  management_hash bytea,
  created_at timestamptz not null,
  disabled_at timestamptz,
  check ((proof = 'secret') = (secret_hash is not null)),
  check (proof <> 'key' or num_nonnulls(jwks, jwks_uri) = 1)
);
create index app_client_created on auth.app_client (created_at);

-- A decision: this app may do this with this record. Ending it ends every token of it at the next request.
create table auth.app_grant (
  id uuid primary key,
  -- Whose record.
  user_id uuid not null,
  -- The account that decided, with whose rights the app reads.
  granted_by uuid not null,
  client_id text not null references auth.app_client on delete cascade,
  scopes text[] not null,
  -- Id of the Patient in context, and what else the launch named.
  patient text,
  context jsonb not null default '{}',
  -- With online access only: when this sign-in ends, nothing is refreshed any more.
  session_id uuid,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  last_used_at timestamptz,
  ended_at timestamptz
);
create index app_grant_record on auth.app_grant (user_id, created_at desc);
create index app_grant_account on auth.app_grant (granted_by);
create index app_grant_client on auth.app_grant (client_id);
create index app_grant_expires on auth.app_grant (expires_at);

-- An authorisation between its first request and the decision, bound to one browser.
create table auth.app_request (
  hash bytea primary key,
  browser_hash bytea not null,
  client_id text not null references auth.app_client on delete cascade,
  parameters jsonb not null,
  -- Whose password was right, while the second step is still to come.
  user_id uuid,
  expires_at timestamptz not null
);
create index app_request_expires on auth.app_request (expires_at);
create index app_request_client on auth.app_request (client_id);
create index app_request_user on auth.app_request (user_id) where user_id is not null;

-- A launch from within another system of the same person: what is in context there.
create table auth.app_launch (
  hash bytea primary key,
  user_id uuid not null,
  person_id uuid not null,
  client_id text not null references auth.app_client on delete cascade,
  patient text not null,
  context jsonb not null default '{}',
  expires_at timestamptz not null,
  used_at timestamptz
);
create index app_launch_expires on auth.app_launch (expires_at);
create index app_launch_client on auth.app_launch (client_id);
create index app_launch_user on auth.app_launch (user_id);

create table auth.app_code (
  hash bytea primary key,
  grant_id uuid not null references auth.app_grant on delete cascade,
  user_id uuid not null,
  redirect_uri text not null,
  challenge text not null,
  nonce text,
  expires_at timestamptz not null,
  used_at timestamptz
);
create index app_code_grant on auth.app_code (grant_id);
create index app_code_user on auth.app_code (user_id);
create index app_code_expires on auth.app_code (expires_at);

-- Tokens of apps. Those of a backend service have no decision behind them: each record decides by itself.
create table auth.app_token (
  hash bytea primary key,
  kind text not null check (kind in ('access', 'refresh')),
  client_id text not null references auth.app_client on delete cascade,
  grant_id uuid references auth.app_grant on delete cascade,
  user_id uuid,
  scopes text[] not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  used_at timestamptz
);
create index app_token_grant on auth.app_token (grant_id);
create index app_token_client on auth.app_token (client_id);
create index app_token_user on auth.app_token (user_id) where user_id is not null;
create index app_token_expires on auth.app_token (expires_at);

-- Signed assertions of clients that were used: none is good twice.
create table auth.app_assertion (
  client_id text not null references auth.app_client on delete cascade,
  hash bytea not null,
  expires_at timestamptz not null,
  primary key (client_id, hash)
);
create index app_assertion_expires on auth.app_assertion (expires_at);

-- Keys that sign id tokens; the private part is sealed under the token key.
create table auth.signing_key (
  id text primary key,
  sealed_key text not null,
  public_key jsonb not null,
  created_at timestamptz not null
);
