-- Which account said that an alert was seen; null while nobody did, and once that account is gone.
alter table health_tracking.alert add column acknowledged_by uuid;
create index alert_acknowledged_by on health_tracking.alert (acknowledged_by) where acknowledged_by is not null;
