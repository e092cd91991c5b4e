-- What the last reading of a hospital brought, kind by kind, and since when each is read.
alter table medical_records.hospital add column report jsonb not null default '{}';
alter table medical_records.hospital add column last_tried_at timestamptz;

-- Files and hospitals bring more kinds than laboratory values and entries.
alter table medical_records.import_item drop constraint import_item_kind_check;
alter table medical_records.import_item add constraint import_item_kind_check check (kind in ('lab', 'condition', 'allergy',
  'immunization', 'procedure', 'medication', 'family_history', 'vital', 'report', 'document', 'resource'));
-- Whether what was taken still has to be kept by a job: a file that is fetched, a vital sign that another service keeps.
alter table medical_records.import_item add column is_due boolean not null default false;
create index import_item_due on medical_records.import_item (import_id) where is_due;

-- One row a resource that the person took and that no other table has columns for: visits, plans, goals, devices, ways of life.
create table medical_records.carried_resource (
  id uuid primary key,
  user_id uuid not null,
  version integer not null default 1 check (version >= 1),
  type text not null check (type in ('Encounter', 'CarePlan', 'Goal', 'Device', 'Observation')),
  display text not null check (display <> ''),
  occurred_on text,
  -- As FHIR R4, without what names other records.
  content jsonb not null,
  import_item_id uuid,
  created_at timestamptz not null,
  updated_at timestamptz not null
);
create index carried_resource_newest on medical_records.carried_resource (user_id, created_at, id);
create unique index carried_resource_import on medical_records.carried_resource (import_item_id) where import_item_id is not null;

-- The study that a DICOM file says it belongs to waits for the person as other values of documents do.
alter table medical_records.finding drop constraint finding_kind_check;
alter table medical_records.finding add constraint finding_kind_check
  check (kind in ('lab', 'medication', 'diagnosis', 'critical_info', 'imaging_study'));

-- Which connection an import came by; it may have ended since.
alter table medical_records.import add column hospital_id uuid;
create index import_hospital on medical_records.import (hospital_id) where hospital_id is not null;
