-- Passkeys (WebAuthn credentials): the public half of a key that never leaves its authenticator.
create table auth.passkey (
  id uuid primary key,
  user_id uuid not null references auth.account on delete cascade,
  credential_id bytea not null unique,
  public_key bytea not null,
  sign_count bigint not null,
  transports text[] not null default '{}',
  is_synced boolean not null,
  name text not null,
  created_at timestamptz not null,
  last_used_at timestamptz,
  -- Set when its counter went back: a copy of it may exist, and neither opens the account any more.
  disabled_at timestamptz
);
create index passkey_user on auth.passkey (user_id, created_at desc);

-- What an authenticator has to sign: good once, and for a few minutes. `user_id` is set while a passkey is being made.
create table auth.passkey_challenge (
  hash bytea primary key,
  user_id uuid references auth.account on delete cascade,
  expires_at timestamptz not null
);
create index passkey_challenge_user on auth.passkey_challenge (user_id) where user_id is not null;
create index passkey_challenge_expires on auth.passkey_challenge (expires_at);
