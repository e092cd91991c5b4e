-- Whoever reads an owner's rows while they are to be read anew from the beginning must not note how far the old reading came.
alter table fhir.projection_state add column round integer not null default 1;
