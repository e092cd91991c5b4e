-- One row a laboratory result that a person (or their laboratory, and the person took it) stands for.
create table medical_records.lab_result (
  id uuid primary key,
  user_id uuid not null,
  version integer not null default 1 check (version >= 1),
  -- Id in the catalogue of analytes; null for tests it does not know.
  analyte text,
  loinc text,
  test_name text not null check (test_name <> ''),
  test_code text,
  category text not null,
  -- As it was reported.
  value double precision,
  comparator text check (comparator in ('<', '>')),
  value_text text,
  unit_text text,
  -- UCUM code of the unit reported, and the value in the analyte's own unit.
  unit text,
  canonical_value double precision,
  -- The report's own range, in the unit reported.
  range_low double precision,
  range_high double precision,
  range_text text,
  flag text,
  -- How it was judged when it was written, and by which range.
  interpretation text not null check (interpretation in ('low', 'normal', 'high', 'critical_low', 'critical_high', 'abnormal', 'unknown')),
  level smallint not null check (level between 0 and 5),
  judged_by jsonb not null,
  tested_at timestamptz not null,
  resulted_at timestamptz,
  lab_name text,
  ordering_provider text,
  specimen_type text,
  status text not null check (status in ('registered', 'preliminary', 'final', 'amended', 'corrected', 'cancelled', 'entered_in_error', 'unknown')),
  source text not null check (source in ('manual', 'document', 'hl7v2', 'ccda', 'fhir', 'demo')),
  external_id text,
  fhir_resource_id text,
  document_id uuid,
  finding_id uuid,
  import_item_id uuid,
  confirmed_by uuid,
  notes text,
  metadata jsonb,
  -- When its critical value became an alert.
  alerted_at timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  check (value is not null or value_text is not null),
  check (comparator is null or value is not null)
);
create index lab_result_newest on medical_records.lab_result (user_id, tested_at desc, id desc);
create index lab_result_analyte on medical_records.lab_result (user_id, analyte, tested_at desc, id desc) where analyte is not null;
create index lab_result_created on medical_records.lab_result (user_id, created_at, id);
create unique index lab_result_finding on medical_records.lab_result (finding_id) where finding_id is not null;
create unique index lab_result_import on medical_records.lab_result (import_item_id) where import_item_id is not null;

-- Conditions, allergies, immunisations, procedures, family history and medicines, as a person states them.
create table medical_records.clinical_entry (
  id uuid primary key,
  user_id uuid not null,
  version integer not null default 1 check (version >= 1),
  kind text not null check (kind in ('condition', 'allergy', 'immunization', 'procedure', 'family_history', 'medication')),
  display text not null check (display <> ''),
  code_system text,
  code text,
  status text not null,
  started_on text,
  ended_on text,
  -- What only this kind has.
  detail jsonb not null,
  notes text,
  source text not null check (source in ('manual', 'ccda', 'fhir', 'demo')),
  import_item_id uuid,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  check ((code is null) = (code_system is null))
);
create index clinical_entry_kind on medical_records.clinical_entry (user_id, kind, created_at desc, id desc);
create index clinical_entry_created on medical_records.clinical_entry (user_id, created_at, id);
create unique index clinical_entry_import on medical_records.clinical_entry (import_item_id) where import_item_id is not null;

-- A file in a laboratory's or clinic's own format. Nothing of it counts before the person takes it.
create table medical_records.import (
  id uuid primary key,
  user_id uuid not null,
  format text not null check (format in ('hl7v2', 'ccda')),
  -- A keyed digest of the content: the same file again is the same import.
  fingerprint text not null,
  sender text,
  patient jsonb not null,
  acknowledgement text,
  skipped jsonb not null,
  created_at timestamptz not null
);
create unique index import_content on medical_records.import (user_id, fingerprint);
create index import_newest on medical_records.import (user_id, created_at desc, id desc);

create table medical_records.import_item (
  id uuid primary key,
  user_id uuid not null,
  import_id uuid not null references medical_records.import on delete cascade,
  position integer not null,
  kind text not null check (kind in ('lab', 'condition', 'allergy', 'immunization', 'procedure', 'medication')),
  -- What makes it the same thing in another file.
  key text not null,
  state text not null check (state in ('unconfirmed', 'accepted', 'rejected')),
  content jsonb not null,
  doubts text[] not null,
  decided_at timestamptz,
  decided_by uuid
);
create unique index import_item_key on medical_records.import_item (user_id, kind, key);
create index import_item_import on medical_records.import_item (import_id, position);
