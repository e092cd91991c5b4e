-- Traces that a device recorded, such as the ECG of a watch. What the device said of one, in words, is encrypted; the trace is
-- whole nanovolts in Rice codes, about 25 000 bytes for 30 seconds. One that the person removed stays as its name alone, so that
-- no import brings it back.
create table device_data.recording (
  id uuid primary key,
  user_id uuid not null,
  kind text not null check (kind in ('ecg')),
  source text not null,
  start_ms bigint not null,
  offset_minutes smallint not null,
  rate_hz double precision not null,
  n integer not null,
  words kernel.encrypted,
  trace bytea,
  version integer not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  removed_at timestamptz,
  check (removed_at is not null or (words is not null and trace is not null))
);
create unique index recording_same on device_data.recording (user_id, kind, source, start_ms);
create index recording_list on device_data.recording (user_id, start_ms desc, id desc) where removed_at is null;
create index recording_seen on device_data.recording (user_id, created_at, id) where removed_at is null;
