-- Which days a link shows: both included, in the zone of the person when it was made.
alter table consent_audit.share_link
  add column from_day date,
  add column until_day date,
  add column zone text not null default 'UTC',
  add constraint share_link_days check (from_day <= until_day);
