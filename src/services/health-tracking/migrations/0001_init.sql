-- One row a measured number. A vital sign of several numbers is its first row (`vital_type` set) and the rows that
-- name it in `lead_id`: each number is stored once, and /metrics and /vitals are two views of it.
create table health_tracking.measurement (
  id uuid primary key,
  user_id uuid not null,
  metric_type text not null,
  -- Tells custom metrics apart: their name and unit; empty for the metrics of the catalogue.
  series text not null default '',
  value double precision not null,
  unit text not null,
  canonical_value double precision not null,
  canonical_unit text not null,
  loinc text,
  at timestamptz not null,
  source text not null,
  device_id text,
  notes text,
  metadata jsonb,
  is_unusual boolean not null,
  warnings jsonb,
  vital_type text,
  lead_id uuid references health_tracking.measurement (id) on delete cascade,
  details jsonb,
  possible_duplicate_of uuid,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  version integer not null default 1
);
-- The same reading twice is one row. Also serves one metric in order of time, and days of it without the table.
create unique index measurement_reading
  on health_tracking.measurement (user_id, metric_type, at, source, canonical_value, series);
create index measurement_newest on health_tracking.measurement (user_id, at desc, id desc);
create index measurement_vitals on health_tracking.measurement (user_id, at desc, id desc) where vital_type is not null;
create index measurement_lead on health_tracking.measurement (lead_id) where lead_id is not null;

create table health_tracking.symptom (
  id uuid primary key,
  user_id uuid not null,
  name text not null,
  category text not null,
  severity smallint not null check (severity between 0 and 5),
  severity_level double precision check (severity_level between 1 and 10),
  started_at timestamptz not null,
  ended_at timestamptz,
  details jsonb not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  version integer not null default 1,
  check (ended_at >= started_at)
);
create index symptom_newest on health_tracking.symptom (user_id, started_at desc, id desc);

create table health_tracking.goal (
  id uuid primary key,
  user_id uuid not null,
  title text not null,
  description text,
  metric_type text not null,
  goal_type text not null,
  target_value double precision,
  baseline_value double precision,
  tolerance double precision,
  unit text not null,
  frequency text not null,
  start_date date not null,
  target_date date,
  status text not null,
  completed_at timestamptz,
  metadata jsonb,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  version integer not null default 1
);
create index goal_newest on health_tracking.goal (user_id, created_at desc, id desc);
create index goal_active on health_tracking.goal (user_id, created_at desc, id desc) where status = 'active';

-- Rules a person made. The default rules are code (`domain/defaultRules.ts`); only their switch is data.
create table health_tracking.alert_rule (
  id uuid primary key,
  user_id uuid not null,
  name text not null,
  metric_type text not null,
  comparison text not null check (comparison in ('above', 'below')),
  threshold double precision not null,
  clear_threshold double precision not null,
  unit text not null,
  canonical_threshold double precision not null,
  canonical_clear_threshold double precision not null,
  is_inclusive boolean not null,
  consecutive smallint not null,
  severity smallint not null check (severity between 0 and 5),
  is_active boolean not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  version integer not null default 1
);
create index alert_rule_user on health_tracking.alert_rule (user_id, metric_type, created_at, id);

create table health_tracking.alert_rule_switch (
  user_id uuid not null,
  rule_id uuid not null,
  is_active boolean not null,
  updated_at timestamptz not null,
  version integer not null default 2,
  primary key (user_id, rule_id)
);

-- Where each rule stands for a person: see shared/hysteresis.
create table health_tracking.alert_state (
  user_id uuid not null,
  rule_id uuid not null,
  status text not null check (status in ('clear', 'raised')),
  streak integer not null,
  last_at timestamptz not null,
  primary key (user_id, rule_id)
);

create table health_tracking.alert (
  id uuid primary key,
  user_id uuid not null,
  alert_type text not null,
  title text not null,
  message text not null,
  severity smallint not null check (severity between 0 and 5),
  state text not null check (state in ('raised', 'acknowledged', 'cleared')),
  is_actionable boolean not null,
  rule_id uuid,
  -- The rule as it was when it raised the alert.
  rule jsonb,
  measurement_id uuid,
  raised_at timestamptz not null,
  acknowledged_at timestamptz,
  cleared_at timestamptz,
  cleared_because text,
  scheduled_for timestamptz,
  expires_at timestamptz,
  metadata jsonb,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  version integer not null default 1
);
-- A rule has one open alert at most, whoever writes at the same time.
create unique index alert_open_rule on health_tracking.alert (user_id, rule_id)
  where state <> 'cleared' and rule_id is not null;
create index alert_newest on health_tracking.alert (user_id, raised_at desc, id desc);
create index alert_open on health_tracking.alert (user_id, raised_at desc, id desc) where state <> 'cleared';
create index alert_measurement on health_tracking.alert (measurement_id) where measurement_id is not null;
