-- Whether a decision opens, through `user/` scopes, every record that the person may see, and not only the chosen one. What was
-- decided before was about one record.
alter table auth.app_grant add column spans_records boolean not null default false;
