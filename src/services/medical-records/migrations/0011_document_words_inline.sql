-- Kept in the row itself: a search asks several bits of each, and would fetch it from elsewhere for every one of them.
alter table medical_records.document alter column words set storage main;
