-- An export over several records is one job a record, below one that belongs to whoever asked: each works under that record's
-- own right, its files lie with that person's, and go with them.
alter table fhir.bulk_job add column parent uuid;
create index bulk_job_parent on fhir.bulk_job (parent, user_id) where parent is not null;

-- Resources by identifier (a hash of `system|value`): what an import looks for, a thousand at a time, in a record of any size.
create table fhir.identifier_value (
  user_id uuid not null,
  resource bigint not null,
  name bigint not null
);
create index identifier_value_name on fhir.identifier_value (user_id, name);
create index identifier_value_resource on fhir.identifier_value (resource);

insert into fhir.identifier_value (user_id, resource, name)
  select r.user_id, r.pk, hashtextextended((one ->> 'system') || '|' || (one ->> 'value'), 7)
    from fhir.resource r cross join lateral jsonb_path_query(r.content::jsonb, '$.identifier[*]') one
   where not r.is_deleted and r.content like '%"identifier"%' and one ->> 'system' is not null and one ->> 'value' is not null;

create or replace function fhir.forget_values() returns trigger language plpgsql as $$
begin
  delete from fhir.date_value where resource in (select pk from gone);
  delete from fhir.number_value where resource in (select pk from gone);
  delete from fhir.text_value where resource in (select pk from gone);
  delete from fhir.reference_value where resource in (select pk from gone);
  delete from fhir.identifier_value where resource in (select pk from gone);
  return null;
end $$;
