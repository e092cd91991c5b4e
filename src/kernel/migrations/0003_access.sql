-- Who may see whose rows, and what people have consented to: what the policy on every table about people asks.
-- Services decide and write here, in the transaction of their decision; what is gone or past its time opens nothing.

create table kernel.access_right (
  account_id uuid not null,
  person_id uuid not null,
  -- One category, or '*' for everything; only whoever keeps a person's record for them holds everything.
  category text not null,
  action text not null check (action in ('read', 'write')),
  until timestamptz not null,
  -- The holder of a share link is nobody: there, the account is the link itself.
  source text not null check (source in ('guardian', 'grant', 'break-glass', 'link')),
  -- The decision behind it; ending the decision ends the right.
  source_id uuid not null,
  primary key (account_id, person_id, category, source_id),
  check (account_id <> person_id),
  check (category <> '*' or source = 'guardian'),
  -- Conversations, and the person's own rights (export, erasure, consents, sharing), are shared with nobody.
  check (category not in ('conversations', 'rights'))
);
create index access_right_source on kernel.access_right (source_id);
create index access_right_person on kernel.access_right (person_id);

-- Consents that are given and neither withdrawn nor past their time: one row a cell of the matrix.
create table kernel.consent (
  person_id uuid not null,
  category text not null,
  purpose text not null,
  recipient text not null,
  until timestamptz not null,
  consent_id uuid not null,
  primary key (person_id, category, purpose, recipient)
);
create index consent_decision on kernel.consent (consent_id);

-- Records that are closed: waiting for erasure (to everyone), or restricted (to everyone but the person).
create table kernel.person_hold (
  person_id uuid not null,
  kind text not null check (kind in ('erasure', 'restriction')),
  since timestamptz not null,
  primary key (person_id, kind)
);

-- Whether this account may do this with this person's record now, and on what ground. `verdict` is `yes`, `no-right`,
-- `no-consent` or `held`; a person's own record needs no right.
create function kernel.decide_access(of_account uuid, of_person uuid, of_category text, of_action text, of_purpose text,
  of_recipient text, at timestamptz, out verdict text, out source text, out source_id uuid)
  language plpgsql stable security definer parallel safe set search_path = kernel, pg_temp as $$
begin
  verdict := 'no-right';
  if of_account is not null and of_account is distinct from of_person then
    select r.source, r.source_id into source, source_id from kernel.access_right r
      where r.account_id = of_account and r.person_id = of_person and r.category in (of_category, '*')
        and r.action in (of_action, 'write') and r.until > at
      order by r.source limit 1;
    if source is null then return; end if;
  end if;
  if of_category is distinct from 'rights' then
    perform from kernel.person_hold h where h.person_id = of_person and
      (h.kind = 'erasure' or of_purpose is not null or (of_account is not null and of_account is distinct from of_person));
    if found then verdict := 'held'; return; end if;
  end if;
  if of_purpose is not null then
    verdict := 'no-consent';
    select c.consent_id into source_id from kernel.consent c
      where c.person_id = of_person and c.category = of_category and c.purpose = of_purpose
        and c.recipient = of_recipient and c.until > at;
    if source_id is null then return; end if;
    source := coalesce(source, 'consent');
  end if;
  verdict := 'yes';
end $$;

-- Whether another's record is open: `decide_access` without its reasons, in one look, for use at every statement. Every
-- name in it is qualified; setting a search path would cost as much as the look.
create function kernel.opens_record(of_account uuid, of_person uuid, of_category text, of_action text, at timestamptz)
  returns boolean language plpgsql stable security definer parallel safe as $$
begin
  return exists (select from kernel.access_right r where r.account_id = of_account and r.person_id = of_person
      and r.category in (of_category, '*') and r.action in (of_action, 'write') and r.until > at)
    and not exists (select from kernel.person_hold h where h.person_id = of_person and of_category is distinct from 'rights');
end $$;

-- The person whose rows the scope of this connection may reach, or nobody: what the policy on every table about people
-- compares with, asked once a statement. People in their own record are asked nothing but whether it waits for erasure; work without an account is vouched for
-- by the code that does it. A scope without the time of the call opens nobody else's record.
create function kernel.visible_person() returns uuid language plpgsql stable parallel safe as $$
declare
  of_person uuid := nullif(current_setting('salus.person', true), '')::uuid;
  of_account uuid := nullif(current_setting('salus.account', true), '')::uuid;
  of_category text := nullif(current_setting('salus.category', true), '');
  of_purpose text := nullif(current_setting('salus.purpose', true), '');
begin
  if of_purpose is null and (of_account is null or of_account = of_person) then
    if of_account is null or of_category is null or of_category = 'rights' then return of_person; end if;
    perform from kernel.person_hold h where h.person_id = of_person and h.kind = 'erasure';
    return case when found then null else of_person end;
  end if;
  if of_purpose is null then
    return case when kernel.opens_record(of_account, of_person, of_category,
      nullif(current_setting('salus.action', true), ''), nullif(current_setting('salus.now', true), '')::timestamptz)
      then of_person end;
  end if;
  return case (kernel.decide_access(of_account, of_person, of_category, nullif(current_setting('salus.action', true), ''),
    of_purpose, nullif(current_setting('salus.recipient', true), ''),
    nullif(current_setting('salus.now', true), '')::timestamptz)).verdict when 'yes' then of_person end;
end $$;

create function kernel.write_access_right(of_account uuid, of_person uuid, of_category text, of_action text,
  of_until timestamptz, of_source text, of_source_id uuid) returns void language sql security definer
  set search_path = kernel, pg_temp as $$
  insert into kernel.access_right (account_id, person_id, category, action, until, source, source_id)
    values (of_account, of_person, of_category, of_action, of_until, of_source, of_source_id)
    on conflict (account_id, person_id, category, source_id) do update
      set action = excluded.action, until = excluded.until
$$;

create function kernel.end_access_right(of_source_id uuid) returns void language sql security definer
  set search_path = kernel, pg_temp as $$ delete from kernel.access_right where source_id = of_source_id $$;

create function kernel.end_access_to(of_account uuid, of_person uuid, of_source text) returns void language sql
  security definer set search_path = kernel, pg_temp as $$
  delete from kernel.access_right where account_id = of_account and person_id = of_person and source = of_source
$$;

-- Accounts that keep a person's record for them: whom to tell about a person without an account of their own.
create function kernel.guardians_of(of_person uuid) returns setof uuid language sql stable security definer
  set search_path = kernel, pg_temp as $$
  select account_id from kernel.access_right where person_id = of_person and source = 'guardian' limit 20
$$;

create function kernel.write_consent(of_person uuid, of_category text, of_purpose text, of_recipient text,
  of_until timestamptz, of_consent uuid) returns void language sql security definer set search_path = kernel, pg_temp as $$
  insert into kernel.consent (person_id, category, purpose, recipient, until, consent_id)
    values (of_person, of_category, of_purpose, of_recipient, coalesce(of_until, 'infinity'), of_consent)
    on conflict (person_id, category, purpose, recipient) do update
      set until = excluded.until, consent_id = excluded.consent_id
$$;

create function kernel.end_consent(of_consent uuid) returns void language sql security definer
  set search_path = kernel, pg_temp as $$ delete from kernel.consent where consent_id = of_consent $$;

create function kernel.write_hold(of_person uuid, of_kind text, at timestamptz) returns void language sql
  security definer set search_path = kernel, pg_temp as $$
  insert into kernel.person_hold (person_id, kind, since) values (of_person, of_kind, at) on conflict do nothing
$$;

create function kernel.end_hold(of_person uuid, of_kind text) returns void language sql security definer
  set search_path = kernel, pg_temp as $$
  delete from kernel.person_hold where person_id = of_person and kind = of_kind
$$;

-- What the frame holds of a person's rights, when the person leaves: also what the person could see of others.
create function kernel.forget_rights(of_person uuid) returns void language sql security definer
  set search_path = kernel, pg_temp as $$
  delete from kernel.access_right where person_id = of_person or account_id = of_person;
  delete from kernel.consent where person_id = of_person;
  delete from kernel.person_hold where person_id = of_person;
$$;

comment on function kernel.forget_rights is 'system only';
comment on function kernel.guardians_of is 'system only';

-- What each service removed when a person left: counts by table, under the id of the certificate (else of the
-- announcement), nothing of the person.
create table kernel.erasure_note (
  certificate_id uuid not null,
  service text not null,
  rows jsonb not null,
  at timestamptz not null,
  primary key (certificate_id, service)
);
create function kernel.write_erasure_note(of_certificate uuid, of_service text, of_rows jsonb, of_at timestamptz) returns void
  language sql security definer set search_path = kernel, pg_temp as $$
  insert into kernel.erasure_note (certificate_id, service, rows, at)
    values (of_certificate, of_service, of_rows, of_at)
    on conflict do nothing
$$;
