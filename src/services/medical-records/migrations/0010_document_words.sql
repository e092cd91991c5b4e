-- Words of a document, so that it is found by them although its text is encrypted: keyed fingerprints of their beginnings, as
-- the bits of a Bloom filter. The key is made of the person's own and goes with it.
alter table medical_records.document
  add column words bytea,
  -- Grows with every change of what the document says.
  add column text_version integer not null default 1 check (text_version >= 1),
  -- Which of these `words` was made of; until then the document itself is looked through.
  add column words_of integer;
create index document_words_due on medical_records.document (id)
  where not is_draft and words_of is distinct from text_version;
