-- Bundles of FHIR are read as files of laboratories and clinics are.
alter table medical_records.import drop constraint import_format_check;
alter table medical_records.import add constraint import_format_check check (format in ('hl7v2', 'ccda', 'fhir'));
