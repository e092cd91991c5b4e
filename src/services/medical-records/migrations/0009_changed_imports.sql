-- What was taken of a file or hospital may change there: the change waits beside what was taken, and is never written over it.
-- The key without what tells one change from another: all that is said of one thing shares it.
alter table medical_records.import_item add column base_key text;
update medical_records.import_item set base_key = regexp_replace(key, '\|corrected\|.*$', '');
alter table medical_records.import_item alter column base_key set not null;
-- Where the resource lies (server, type and id), which part of it this is, and a digest of it as it was there.
alter table medical_records.import_item add column origin text;
alter table medical_records.import_item add column part text not null default '';
alter table medical_records.import_item add column digest text;
-- The item that was taken and that this one changes or withdraws, and what that said.
alter table medical_records.import_item add column replaces uuid;
alter table medical_records.import_item add column change text check (change in ('amended', 'withdrawn'));
alter table medical_records.import_item add column was jsonb;
alter table medical_records.import_item add constraint import_item_change_check2 check ((change is null) = (replaces is null));
-- What it became, where a job keeps it: a measurement, a report, a paper.
alter table medical_records.import_item add column kept_id uuid;
create index import_item_origin on medical_records.import_item (user_id, origin) where origin is not null;
create index import_item_base on medical_records.import_item (user_id, kind, base_key);

-- The paper that an import was read from.
alter table medical_records.import add column document_id uuid;
create index import_document on medical_records.import (document_id) where document_id is not null;
