import type { OutputOf } from '../../kernel/contract.ts'
import type { healthTracking } from '../../services/health-tracking/contract.ts'
import type { medicalRecords } from '../../services/medical-records/contract.ts'

type Tracked = OutputOf<(typeof healthTracking.operations)['careBoard']>['items'][number]
export type Retests = OutputOf<(typeof medicalRecords.operations)['retestBoard']>['items'][number]
export interface Last {
  readonly metric_type: string
  readonly value: number
  readonly unit: string
  readonly at: string
}

/** What the services know of one person; undefined of a part that is not open, or did not answer. */
export interface Known {
  readonly tracked: Tracked | undefined
  readonly device: Last | null | undefined
  readonly retests: Retests | undefined
}

export type State = 'urgent' | 'alert' | 'due' | 'quiet' | 'closed' | 'calm'

/** In the order of a board: who needs a look first stands first. */
export const STATES: readonly State[] = ['urgent', 'alert', 'due', 'quiet', 'closed', 'calm']
export const LOOKS: Readonly<Record<State, string>> = {
  urgent: 'bad',
  alert: 'warn',
  due: 'warn',
  quiet: '',
  closed: '',
  calm: 'good',
}

/** From here on alerts are critical (shared/severity). */
const CRITICAL = 4
const QUIET_AFTER_MS = 7 * 86_400_000

/** The newest measurement, of a device or written down. */
export function lastOf({ tracked, device }: Known): Last | undefined {
  const all = [tracked?.last, device].filter((one) => one != null)
  return all.sort((left, right) => right.at.localeCompare(left.at))[0]
}

/** How somebody stands, by nothing but what is known: without a value of this week nobody is called well. */
export function stateOf(known: Known, nowMs: number): State {
  const { tracked, device, retests } = known
  if (tracked === undefined && device === undefined && retests === undefined) return 'closed'
  if ((tracked?.open_alerts ?? 0) > 0) return (tracked?.worst_severity ?? 0) >= CRITICAL ? 'urgent' : 'alert'
  if ((retests?.overdue ?? 0) > 0) return 'due'
  const last = lastOf(known)
  return last === undefined || nowMs - new Date(last.at).getTime() > QUIET_AFTER_MS ? 'quiet' : 'calm'
}

/** What is critical and unseen for so long rings for everybody again. */
const UNSEEN_MS = 15 * 60_000

/** Whether somebody's alarms are silent here: another is on duty, and nothing critical has stayed unseen. */
export function isSilent(
  { tracked }: Known,
  on: { readonly is_you: boolean; readonly until: string } | null | undefined,
  nowMs: number,
): boolean {
  if (on == null || on.is_you || new Date(on.until).getTime() <= nowMs) return false
  const isUnseen = (tracked?.open_alerts ?? 0) > (tracked?.seen_alerts ?? 0)
  const isOld = nowMs - new Date(tracked?.newest_alert_at ?? nowMs).getTime() > UNSEEN_MS
  return !(isUnseen && isOld && (tracked?.worst_severity ?? 0) >= CRITICAL)
}
