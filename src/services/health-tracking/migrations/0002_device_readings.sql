-- What a device measured stays with `device-data`: an alert that it raised keeps the reading itself, and no measurement is made of it.
alter table health_tracking.alert add column reading jsonb;

-- Readings of devices were once copied here. Rows that may be such a copy wait for a job that asks `device-data` whether it has
-- them: only those go. A copy has no remarks, was never changed, and was written within the two days that were looked back.
alter table health_tracking.measurement add column perhaps_copied boolean;
update health_tracking.measurement set perhaps_copied = true
  where source <> 'manual' and version = 1 and series = '' and device_id is null and notes is null and metadata is null
    and details is null and lead_id is null and at > created_at - interval '48 hours'
    and metric_type in ('heart_rate', 'resting_heart_rate', 'blood_pressure_systolic', 'blood_pressure_diastolic', 'temperature',
      'respiratory_rate', 'oxygen_saturation', 'weight', 'blood_glucose', 'glucose');
create index measurement_perhaps_copied on health_tracking.measurement (user_id, metric_type, source, at) where perhaps_copied;
