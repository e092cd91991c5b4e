-- Records of others that an account may open at the moment for a category: whom it can choose from, at most `of_limit`.
create function kernel.records_of(of_account uuid, of_category text, at timestamptz, of_limit integer) returns setof uuid
  language sql stable security definer set search_path = kernel, pg_temp as $$
  select distinct person_id from kernel.access_right
    where account_id = of_account and category in (of_category, '*') and until > at and source <> 'link'
    order by person_id limit of_limit
$$;

comment on function kernel.records_of is 'system only';
