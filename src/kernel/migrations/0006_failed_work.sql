-- What failed for good is listed for the operator: few rows, found without reading the many that went well.
create index job_failed on kernel.job (failed_at desc) where failed_at is not null;
create index inbox_failed on kernel.inbox (failed_at desc) where failed_at is not null;
create index inbox_waiting on kernel.inbox (position) where done_at is null and failed_at is null;
