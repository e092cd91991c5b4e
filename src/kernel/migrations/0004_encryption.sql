-- Keys of people's data, each wrapped by the platform's master key, which is not here. Without its key a ciphertext, also
-- one in a backup, is noise: whoever leaves takes the key along.
create table kernel.data_key (
  person_id uuid not null,
  key_id uuid not null,
  -- Which master key wraps it: an id derived from the key, not the key.
  master_id text not null,
  wrapped bytea not null,
  created_at timestamptz not null,
  primary key (person_id, key_id)
);
-- One key a person: of two processes that make the first, one wins.
create unique index data_key_person on kernel.data_key (person_id);
create index data_key_master on kernel.data_key (master_id);

-- The type of a column that a service writes and reads through `encryptedText` and `decryptedText`. Plain text is refused.
create domain kernel.encrypted as bytea
  check (value is null or (octet_length(value) >= 45 and get_byte(value, 0) = 1));

-- As before, and with the key of all that is encrypted of the person.
create or replace function kernel.forget(person uuid, announcement uuid) returns void language sql security definer
  set search_path = kernel, pg_temp as $$
  delete from outbox where key = person::text and id is distinct from announcement;
  delete from job where user_key = person::text;
  delete from idempotency where account_key = person::text;
  delete from data_key where person_id = person;
$$;
comment on function kernel.forget is 'system only';
