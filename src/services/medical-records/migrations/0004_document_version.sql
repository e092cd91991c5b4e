-- Grows with every change: the version that a document has as a FHIR resource.
alter table medical_records.document add column version integer not null default 1 check (version >= 1);
