/** Failed sign-ins of one handle within the window, the present attempt already counted. */
export interface Failures {
  /** From this network. */
  readonly here: number
  /** From all networks. */
  readonly everywhere: number
  /** Since the last attempt from this network before this one; undefined for a first one. */
  readonly secondsSinceLast: number | undefined
  /** Since the first failure that counts from this network. */
  readonly secondsSinceFirst: number
  /** Whether the owner signed in from this network before. */
  readonly isKnownNetwork: boolean
}

/** Failures older than this are forgotten, in seconds. */
export const WINDOW_SECONDS = 900
const FAILURES_HERE = 5
const FAILURES_FROM_KNOWN_NETWORK = 10
/** From here on somebody is trying the account from many places. */
const FAILURES_EVERYWHERE = 20
const SLOW_SECONDS = 60

/**
 * How long this attempt must wait, in seconds; 0 lets it pass. A network is stopped for its own failures only, so that
 * a stranger's guessing never keeps the owner out: under a broad attack every unknown network gets one try a minute,
 * and the networks that the owner uses are left alone.
 */
export function waitSeconds(failures: Failures): number {
  const allowed = failures.isKnownNetwork ? FAILURES_FROM_KNOWN_NETWORK : FAILURES_HERE
  if (failures.here > allowed) return Math.max(1, WINDOW_SECONDS - failures.secondsSinceFirst)
  const isAttack = failures.everywhere > FAILURES_EVERYWHERE && !failures.isKnownNetwork
  if (!isAttack || failures.secondsSinceLast === undefined) return 0
  return Math.max(0, SLOW_SECONDS - failures.secondsSinceLast)
}
