import { changePreferences, readPreferences } from '../../services/user-profile/web/endpoints.ts'
import { refresh } from '../client/cache.ts'
import { call } from '../client/endpoint.ts'

export const STEPS = ['about', 'import', 'health', 'emergency', 'caregiver'] as const
export type Step = (typeof STEPS)[number]

/** How far somebody came. It is kept with their preferences, so that any device goes on where another left off. */
export interface Progress {
  readonly done: readonly Step[]
  readonly isDismissed: boolean
}

/** What the preferences say; nothing done where they say nothing. */
export function progressOf(custom: Readonly<Record<string, unknown>>): Progress {
  const kept = (custom.welcome ?? {}) as { done?: unknown; is_dismissed?: unknown }
  const done = Array.isArray(kept.done) ? STEPS.filter((step) => (kept.done as unknown[]).includes(step)) : []
  return { done, isDismissed: kept.is_dismissed === true }
}

/** Keeps what changed beside everything else that is kept there. */
export async function keepProgress(change: (before: Progress) => Progress): Promise<void> {
  const { custom_preferences: custom } = await call(readPreferences, {})
  const { done, isDismissed } = change(progressOf(custom))
  await call(changePreferences, {
    custom_preferences: { ...custom, welcome: { done: [...done], is_dismissed: isDismissed } },
  })
  refresh()
}

/** Notes that a step was answered or skipped. */
export function keepStep(step: Step): Promise<void> {
  return keepProgress((before) => ({ ...before, done: [...new Set([...before.done, step])] }))
}
