-- Laboratory results are opened by what opens them on their own paths: a right to what tests found, or to the whole record.
create or replace function fhir.visible_categories() returns text[] language plpgsql stable parallel safe as $$
declare
  of_person uuid := nullif(current_setting('salus.person', true), '')::uuid;
  of_account uuid := nullif(current_setting('salus.account', true), '')::uuid;
  opened text[];
begin
  if of_account is null or of_account = of_person then return null; end if;
  opened := array(select c from unnest(array['personal_info', 'vitals', 'symptoms', 'goals', 'wellness', 'location',
      'mental_health', 'documents', 'medications', 'diagnostics', 'emergency', 'health_records', 'nutrition', 'genomics',
      'devices']) c
    where kernel.opens_record(of_account, of_person, c, nullif(current_setting('salus.action', true), ''),
      nullif(current_setting('salus.now', true), '')::timestamptz));
  if 'health_records' = any(opened) and not 'diagnostics' = any(opened) then opened := opened || 'diagnostics'::text; end if;
  return opened;
end $$;

-- Results have a projection of their own from now on: what is indexed of them, on its way to it or to be told goes with them.
-- A record that was read wholly is so still.
update fhir.history h set category = 'diagnostics' from fhir.resource r
  where r.owner = 'medical-records.records' and r.type = 'Observation'
    and h.user_id = r.user_id and h.type = r.type and h.id = r.id;
update fhir.resource set owner = 'medical-records.labs', category = 'diagnostics'
  where owner = 'medical-records.records' and type = 'Observation';
update fhir.projection_change set owner = 'medical-records.labs'
  where owner = 'medical-records.records' and type = 'Observation';
update fhir.handover set owner = 'medical-records.labs' where owner = 'medical-records.records' and type = 'Observation';
insert into fhir.projection_state (user_id, owner, cursor, done_at, round)
  select user_id, 'medical-records.labs', null, done_at, round from fhir.projection_state
    where owner = 'medical-records.records' and done_at is not null
  on conflict do nothing;

-- The same holds for what no service owns: by its own words a laboratory's value, or a report that groups such.
update fhir.resource r set category = 'diagnostics'
  where r.owner is null and r.content <> '' and r.type in ('Observation', 'DiagnosticReport')
    and exists (select from json_array_elements(case json_typeof(r.content::json -> 'category') when 'array'
          then r.content::json -> 'category' else '[]' end) c,
        json_array_elements(case json_typeof(c -> 'coding') when 'array' then c -> 'coding' else '[]' end) k
      where k ->> 'code' = case r.type when 'Observation' then 'laboratory' else 'LAB' end);
update fhir.history h set category = 'diagnostics' from fhir.resource r
  where r.owner is null and r.category = 'diagnostics' and h.user_id = r.user_id and h.type = r.type and h.id = r.id;
