-- What other services know of each series and UTC day: its version, and which hours changed since they were last told.
create table device_data.projected_day (
  user_id uuid not null,
  series_id bigint not null references device_data.series (id) on delete cascade,
  day date not null,
  version integer not null default 1,
  updated_at timestamptz not null,
  -- The version that was announced; a smaller one than `version` means that something is to be told.
  announced integer not null default 0,
  -- A bit for each hour of the day that changed since.
  hours integer not null default 0,
  primary key (series_id, day)
);
create index projected_day_user on device_data.projected_day (user_id, series_id, day);
create index projected_day_waiting on device_data.projected_day (user_id) where announced < version;

insert into device_data.projected_day (user_id, series_id, day, updated_at, announced)
  select d.user_id, d.series_id, d.day, max(s.updated_at), 1
    from device_data.day d join device_data.series s on s.id = d.series_id group by 1, 2, 3;

alter table device_data.device add column version integer not null default 1;
