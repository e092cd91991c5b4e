-- The audit that shows every change to itself. `audit` says what happened, row by row; `audit_leaf` holds the order of the
-- rows as the leaves of a Merkle tree (RFC 6962) and nothing about anybody; `audit_checkpoint` holds its signed heads.
-- The table of 0001 was never released: nothing is carried over.
drop table kernel.audit;

create table kernel.audit (
  id uuid primary key,
  at timestamptz not null,
  -- Who, and from where (network only). Bound by a commitment of its own: it leaves with the actor, the rest stays.
  account_id uuid,
  address text,
  actor_salt bytea,
  -- Whose record, what, why, with what outcome. Leaves with the person whose record it is.
  person_id uuid,
  service text not null,
  operation text not null,
  action text not null,
  outcome text not null,
  reason text,
  purpose text,
  grant_id text,
  request_id text not null,
  -- Of an erasure: the ids that were erased, each followed by a byte that says what of it (1 the row, 2 the actor).
  erases bytea,
  salt bytea not null
);
create index audit_person on kernel.audit (person_id, at desc, id desc) where person_id is not null;
create index audit_account on kernel.audit (account_id, at desc, id desc) where account_id is not null;
create index audit_erasure on kernel.audit (id) where erases is not null;
comment on table kernel.audit is 'append-only: rows leave through kernel.audit_erase';

create table kernel.audit_leaf (
  position bigint primary key,
  id uuid not null unique,
  at timestamptz not null,
  -- Salted commitments to the two parts of the row. Without the salt, which leaves with the part, they say nothing.
  actor bytea not null,
  details bytea not null,
  -- Hash of the leaf, then of the subtrees that this leaf completes, from the bottom up.
  nodes bytea not null
);
comment on table kernel.audit_leaf is 'append-only';

create function kernel.refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'rows of %.% are never changed', tg_table_schema, tg_table_name using errcode = '42501';
end $$;
create trigger audit_leaf_stays before update or delete or truncate on kernel.audit_leaf
  for each statement execute function kernel.refuse_change();

-- The newest head, and the last one of every hour before.
create table kernel.audit_checkpoint (
  number bigint generated always as identity primary key,
  size bigint not null,
  root bytea not null,
  at timestamptz not null,
  public_key text not null,
  signature bytea not null
);
comment on table kernel.audit_checkpoint is 'append-only: heads of the same hour are replaced through kernel.audit_sign';

-- Keeps a signed head; the one before goes when it is of the same hour.
create function kernel.audit_sign(of_size bigint, of_root bytea, signed_at timestamptz, of_key text, of_signature bytea)
  returns void language sql security definer set search_path = kernel, pg_temp as $$
  delete from audit_checkpoint where number = (select max(number) from audit_checkpoint)
    and date_trunc('hour', at, 'UTC') = date_trunc('hour', signed_at, 'UTC');
  insert into audit_checkpoint (size, root, at, public_key, signature)
    values (of_size, of_root, signed_at, of_key, of_signature);
$$;
comment on function kernel.audit_sign is 'system only';

-- People who left, by a digest of their id, for as long as a row about them could still be on its way to the database.
create table kernel.forgotten (
  digest bytea primary key,
  at timestamptz not null
);

-- Removes who and whose of a person from the audit, and returns what was removed, as `erases` of the row that says so.
create function kernel.audit_erase(person uuid, left_at timestamptz) returns bytea language sql security definer
  set search_path = kernel, pg_temp as $$
  insert into forgotten (digest, at) values (sha256(uuid_send(person)), left_at)
    on conflict (digest) do update set at = greatest(forgotten.at, excluded.at);
  with removed as (
    delete from audit where person_id = person or (account_id = person and person_id is null) returning id
  ), blanked as (
    update audit set account_id = null, address = null, actor_salt = null
      where account_id = person and person_id <> person returning id
  )
  select string_agg(uuid_send(id) || part, ''::bytea order by id)
    from (select id, '\x01'::bytea as part from removed union all select id, '\x02'::bytea from blanked) as gone;
$$;
comment on function kernel.audit_erase is 'system only';
