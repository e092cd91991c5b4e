-- What the last error of a hospital means, so that it is said in the person's language.
alter table medical_records.hospital add column error_code text
  check (error_code in ('away', 'busy', 'broken', 'refused', 'version', 'not_set_up'));
