const HOUR_MS = 3_600_000
const LOW_BATTERY_PERCENT = 15

export interface DeviceFacts {
  readonly batteryPercent: number | null
  readonly status: string
  readonly lastSyncMs: number | undefined
  readonly lastSampleMs: number | undefined
  readonly syncIntervalHours: number
  readonly nowMs: number
}

export interface DeviceHealth {
  /** Undefined where the device told too little to say. */
  readonly isHealthy: boolean | undefined
  readonly hoursSinceNews: number | undefined
  readonly issues: string[]
  readonly unknown: string[]
}

/** How a device does, from what it told; nothing is assumed of what it did not tell. */
export function healthOf(facts: DeviceFacts): DeviceHealth {
  const issues: string[] = []
  const unknown: string[] = []
  if (facts.batteryPercent === null) unknown.push('battery')
  else if (facts.batteryPercent <= LOW_BATTERY_PERCENT) issues.push('The battery is low')
  const newsMs = Math.max(facts.lastSyncMs ?? 0, facts.lastSampleMs ?? 0)
  const hoursSinceNews = newsMs === 0 ? undefined : (facts.nowMs - newsMs) / HOUR_MS
  if (hoursSinceNews === undefined) unknown.push('last sync')
  else if (hoursSinceNews > 2 * facts.syncIntervalHours) issues.push('Nothing came for more than two sync intervals')
  if (facts.status === 'error') issues.push('The last sync failed')
  const isHealthy = issues.length > 0 ? false : hoursSinceNews === undefined ? undefined : true
  return { isHealthy, hoursSinceNews: hoursSinceNews && Math.round(hoursSinceNews * 10) / 10, issues, unknown }
}
