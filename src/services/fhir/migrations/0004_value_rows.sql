-- Asking the database at every value whether its resource is there cost an import a tenth of its time, and the database a
-- third of its own. Values still go with their resource: once a statement instead of once a row.
alter table fhir.date_value drop constraint date_value_resource_fkey;
alter table fhir.number_value drop constraint number_value_resource_fkey;
alter table fhir.text_value drop constraint text_value_resource_fkey;
alter table fhir.reference_value drop constraint reference_value_resource_fkey;

create function fhir.forget_values() returns trigger language plpgsql as $$
begin
  delete from fhir.date_value where resource in (select pk from gone);
  delete from fhir.number_value where resource in (select pk from gone);
  delete from fhir.text_value where resource in (select pk from gone);
  delete from fhir.reference_value where resource in (select pk from gone);
  return null;
end $$;
create trigger forget_values after delete on fhir.resource referencing old table as gone
  for each statement execute function fhir.forget_values();
