-- Imaging studies, as a person or their clinic describes them. Pictures and DICOM files are documents of the record.
create table medical_records.imaging_study (
  id uuid primary key,
  user_id uuid not null,
  version integer not null default 1 check (version >= 1),
  modality text not null,
  body_part text,
  status text not null check (status in ('SCHEDULED', 'IN_PROGRESS', 'COMPLETED', 'CANCELLED', 'FAILED')),
  description text,
  -- What the radiologist found and concluded.
  findings text,
  impression text,
  studied_at timestamptz not null,
  facility text,
  performed_by text,
  referred_by text,
  accession_number text,
  study_uid text,
  notes text,
  metadata jsonb,
  created_at timestamptz not null,
  updated_at timestamptz not null
);
create index imaging_study_newest on medical_records.imaging_study (user_id, studied_at desc, id desc);
create index imaging_study_created on medical_records.imaging_study (user_id, created_at, id);

create table medical_records.imaging_file (
  id uuid primary key,
  user_id uuid not null,
  study_id uuid not null references medical_records.imaging_study on delete cascade,
  -- The document that holds the file.
  document_id uuid not null,
  kind text not null check (kind in ('image', 'dicom')),
  -- Of the header of DICOM; names and numbers of people are left out.
  header jsonb not null,
  created_at timestamptz not null
);
create unique index imaging_file_once on medical_records.imaging_file (study_id, document_id);
create index imaging_file_user on medical_records.imaging_file (user_id);

-- Clinical reports: every content that one had is kept, and whatever was done with it.
create table medical_records.clinical_report (
  id uuid primary key,
  user_id uuid not null,
  version integer not null default 1 check (version >= 1),
  -- Counts the contents, where `version` counts every change.
  revision integer not null default 1 check (revision >= 1),
  report_type text not null,
  title text not null check (title <> ''),
  content text not null,
  summary text,
  status text not null
    check (status in ('DRAFT', 'PENDING_REVIEW', 'REVIEWED', 'APPROVED', 'PUBLISHED', 'ARCHIVED', 'SUPERSEDED', 'RETRACTED')),
  priority text not null check (priority in ('LOW', 'NORMAL', 'HIGH', 'URGENT', 'CRITICAL')),
  template text,
  author text,
  facility text,
  reported_at timestamptz not null,
  superseded_by uuid,
  tags text[] not null default '{}',
  created_at timestamptz not null,
  updated_at timestamptz not null
);
create index clinical_report_newest on medical_records.clinical_report (user_id, reported_at desc, id desc);
create index clinical_report_created on medical_records.clinical_report (user_id, created_at, id);

create table medical_records.clinical_report_revision (
  id uuid primary key,
  user_id uuid not null,
  report_id uuid not null references medical_records.clinical_report on delete cascade,
  revision integer not null,
  title text not null,
  content text not null,
  summary text,
  changed_by uuid not null,
  reason text,
  created_at timestamptz not null
);
create unique index clinical_report_revision_number on medical_records.clinical_report_revision (report_id, revision);
create index clinical_report_revision_user on medical_records.clinical_report_revision (user_id);

create table medical_records.clinical_report_step (
  id uuid primary key,
  user_id uuid not null,
  report_id uuid not null references medical_records.clinical_report on delete cascade,
  action text not null,
  from_status text,
  to_status text,
  done_by uuid not null,
  reason text,
  created_at timestamptz not null
);
create index clinical_report_step_report on medical_records.clinical_report_step (report_id, created_at desc, id desc);
create index clinical_report_step_user on medical_records.clinical_report_step (user_id);
