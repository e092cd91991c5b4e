-- The time by which `_sort=-date` orders: the latest that the search parameter `date` says, or long before all time. It is the
-- row's own, so that the newest of ten thousand are the first of an index instead of the top of a sort. The number is the hash
-- of the parameter's name (domain/keys.ts).
alter table fhir.resource add column newest_ms bigint not null default -9000000000000000;
update fhir.resource r set newest_ms = v.newest
  from (select resource, max(until_ms) as newest from fhir.date_value where parameter = 5026589962528070 group by resource) v
  where v.resource = r.pk;
create index resource_dated on fhir.resource (user_id, type, newest_ms desc, pk desc);

-- History is told by time, over what is stored and over what other services hold: each by an index of its own in that order.
create index history_time on fhir.history (user_id, updated_at desc, position desc);
create index history_type_time on fhir.history (user_id, type, updated_at desc, position desc);
drop index fhir.history_newest;
create index resource_owned_time on fhir.resource (user_id, updated_at desc, pk desc)
  where content = '' and owner is not null and not is_deleted;
create index resource_owned_type_time on fhir.resource (user_id, type, updated_at desc, pk desc)
  where content = '' and owner is not null and not is_deleted;

-- That another service removed a row is part of the history from now on; what is known of earlier removals is put there.
insert into fhir.history (user_id, type, id, version, updated_at, method, content, category)
  select user_id, type, id, version, updated_at, 'DELETE', '', category from fhir.resource
    where owner is not null and is_deleted
  on conflict do nothing;

-- In which reading of its owner's rows a row was seen last: one that a later reading does not find is gone.
alter table fhir.resource add column round integer;
