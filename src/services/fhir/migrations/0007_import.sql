-- Whether an id is taken by something that an import has named and not written yet.
create index import_link_name on fhir.import_link (user_id, type, id);
