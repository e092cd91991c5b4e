/**
 * How bad something is, as an ordinal: the one form severities are stored, compared and combined in (defect D1).
 * 0 none, 1 low, 2 moderate, 3 high, 4 critical, 5 emergency.
 */
export type Severity = 0 | 1 | 2 | 3 | 4 | 5

export const SEVERITIES = [0, 1, 2, 3, 4, 5] as const satisfies readonly Severity[]
export const NO_SEVERITY: Severity = 0
export const LOW: Severity = 1
export const MODERATE: Severity = 2
export const HIGH: Severity = 3
export const CRITICAL: Severity = 4
export const EMERGENCY: Severity = 5

/**
 * The word for each ordinal on one surface, and other words that surface's clients send.
 * A surface with fewer words rounds up, so that rendering never understates.
 */
interface SurfaceWords {
  readonly words: readonly [string, string, string, string, string, string]
  /** Meaning of each word read back; a word used for several ordinals means the one given here. */
  readonly meanings: Readonly<Record<string, Severity>>
}

const SURFACES = {
  /** Our own words. */
  salus: {
    words: ['none', 'low', 'moderate', 'high', 'critical', 'emergency'],
    meanings: { none: 0, low: 1, moderate: 2, high: 3, critical: 4, emergency: 5 },
  },
  /** MySehat triage answers low, medium or critical, where critical is the emergency screen. */
  triage: {
    words: ['low', 'low', 'medium', 'critical', 'critical', 'critical'],
    meanings: { low: 1, medium: 2, critical: 5, none: 0, moderate: 2, high: 3, emergency: 5, mentalhealth: 3 },
  },
  /** The MySehat phone client knows more words; `mentalHealth` is a route, read as high until the crisis screen speaks. */
  triage_client: {
    words: ['low', 'low', 'moderate', 'high', 'critical', 'emergency'],
    meanings: { low: 1, medium: 2, moderate: 2, high: 3, critical: 4, emergency: 5, mentalhealth: 3 },
  },
  /** Five urgency levels in the manner of the ESI: seen at once, in 1 h, 4 h, 24 h, or not urgent. */
  urgency: {
    words: ['non_urgent', 'non_urgent', 'less_urgent', 'urgent', 'emergent', 'immediate'],
    meanings: { non_urgent: 1, less_urgent: 2, urgent: 3, emergent: 4, immediate: 5 },
  },
  /** Mental-health risk. */
  risk: {
    words: ['none', 'low', 'medium', 'high', 'critical', 'critical'],
    meanings: { none: 0, low: 1, medium: 2, moderate: 2, high: 3, critical: 4 },
  },
  /** Risk scores. */
  risk_score: {
    words: ['low', 'low', 'moderate', 'high', 'very_high', 'very_high'],
    meanings: { low: 1, moderate: 2, medium: 2, high: 3, very_high: 4 },
  },
  /** Insights. */
  insight: {
    words: ['very_low', 'low', 'moderate', 'high', 'very_high', 'critical'],
    meanings: { very_low: 0, low: 1, moderate: 2, medium: 2, high: 3, very_high: 4, critical: 5 },
  },
  /** Symptom diary, side effects. */
  symptom: {
    words: ['mild', 'mild', 'moderate', 'severe', 'critical', 'critical'],
    meanings: { none: 0, mild: 1, moderate: 2, severe: 3, critical: 4 },
  },
  /** Alerts and notifications. */
  priority: {
    words: ['low', 'low', 'normal', 'high', 'urgent', 'critical'],
    meanings: { low: 1, normal: 2, medium: 2, high: 3, urgent: 4, critical: 5 },
  },
} satisfies Record<string, SurfaceWords>

export type SeveritySurface = keyof typeof SURFACES

const SURFACE_WORDS: Readonly<Record<SeveritySurface, SurfaceWords>> = SURFACES

export const SEVERITY_SURFACES = Object.keys(SURFACES) as readonly SeveritySurface[]

/** The clinically worst of one or more levels. */
export function worstOf(first: Severity, ...others: readonly Severity[]): Severity {
  return Math.max(first, ...others) as Severity
}

/** The worst of the levels that are known; undefined when none is: nothing judged is not the same as nothing wrong. */
export function worstKnown(levels: Iterable<Severity | 'unknown' | undefined>): Severity | undefined {
  let worst: Severity | undefined
  for (const level of levels)
    if (level !== undefined && level !== 'unknown' && (worst === undefined || level > worst)) worst = level
  return worst
}

/** The word a surface's clients know for a level; a surface with fewer words rounds up. */
export function severityWord(level: Severity, surface: SeveritySurface): string {
  return SURFACE_WORDS[surface].words[level]
}

/** Every word a surface renders, mildest first, each once. */
export function severityWords(surface: SeveritySurface): readonly string[] {
  return [...new Set(SURFACE_WORDS[surface].words)]
}

/**
 * Reads a surface's word, whatever its letter case and whether it is joined by space, hyphen or underscore.
 * @returns undefined for a word the surface does not know, `unknown` among them
 */
export function parseSeverity(word: string, surface: SeveritySurface): Severity | undefined {
  const plain = word
    .trim()
    .toLowerCase()
    .replace(/[\s-]+/g, '_')
  const { meanings } = SURFACE_WORDS[surface]
  return Object.hasOwn(meanings, plain) ? meanings[plain] : undefined
}

/** Whether a number is one of the six ordinals. */
export function isSeverity(value: number): value is Severity {
  return Number.isInteger(value) && value >= 0 && value <= 5
}
