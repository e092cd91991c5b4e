-- The database plans by statistics that it gathers by itself within some minutes. Whoever writes thousands of rows into small
-- tables and is searched right away can't wait for that: without them a search by date compares each with each.
create function fhir.refresh_statistics() returns void language plpgsql security definer set search_path = fhir, pg_temp as $$
declare named text;
begin
  for named in select relname from pg_class where relnamespace = 'fhir'::regnamespace and reltuples < 1000
      and relname in ('resource', 'date_value', 'number_value', 'text_value', 'reference_value') loop
    execute format('analyze (skip_locked) fhir.%I', named);
  end loop;
end $$;
