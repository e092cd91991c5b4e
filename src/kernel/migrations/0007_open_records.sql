-- The records that others opened to an account for reading in this category, now, and on what ground: the predicate of
-- every table about people, for a board that shows several people in one statement. Nobody looks after more than fifty.
create function kernel.records_open_to(of_account uuid, of_category text, at timestamptz)
  returns table (person_id uuid, source text, source_id uuid) language sql stable security definer parallel safe
  rows 10 set search_path = kernel, pg_temp as $$
  select distinct on (r.person_id) r.person_id, r.source, r.source_id from kernel.access_right r
    where r.account_id = of_account and r.category in (of_category, '*') and r.until > at
      and kernel.opens_record(of_account, r.person_id, of_category, 'read', at)
    order by r.person_id, r.source limit 50
$$;

comment on function kernel.records_open_to is 'system only';
