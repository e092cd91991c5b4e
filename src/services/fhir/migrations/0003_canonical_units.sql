-- Amounts in the base units of their dimension, so that 5.4 mg is found as 0.0054 g. Rows written before have none: they
-- are found by their own unit, until their resource is written again.
alter table fhir.number_value
  add column canonical_low double precision,
  add column canonical_high double precision,
  add column canonical_unit text collate "C";
