import type { ProviderState } from '../kernel/http/system.ts'
import { megabytes } from '../kernel/memory.ts'

export interface BannerFacts {
  readonly url: string
  /** Path of the one-time link for the first administrator; undefined once there is one. */
  readonly setupPath: string | undefined
  readonly demoPath: string | undefined
  readonly dataFolder: string
  readonly memoryBytes: number
  readonly memoryLimitBytes: number
  readonly providers: readonly ProviderState[]
  readonly services: readonly string[]
  readonly isDemoMode: boolean
  /** Whether ALLOW_INSECURE_SESSION_AUTH lets anybody sign in as anybody. */
  readonly isInsecure: boolean
}

/** What a start prints: at most fifteen lines, each worth reading. */
export function banner(facts: BannerFacts): string[] {
  const off = facts.providers.filter((provider) => !provider.isOn)
  const line = (label: string, text: string) => `  ${label.padEnd(10)} ${text}`
  return [
    `Salus is running: ${facts.url}`,
    ...(facts.setupPath === undefined
      ? []
      : [line('Set up', `${facts.url}${facts.setupPath}  (once, within 30 minutes)`)]),
    ...(facts.demoPath === undefined
      ? []
      : [line('Look round', `${facts.url}${facts.demoPath}  (synthetic household)`)]),
    line('API', `${facts.url}/docs`),
    line('Data', facts.dataFolder),
    line('Memory', `${megabytes(facts.memoryBytes)} of ${megabytes(facts.memoryLimitBytes)}`),
    ...off.map((provider) => line('Off', `${provider.name}: ${provider.through}`)),
    line('Services', facts.services.join(', ')),
    ...(facts.isInsecure
      ? ['  INSECURE: ALLOW_INSECURE_SESSION_AUTH is on, anybody can sign in as anybody at /mobile-auth.']
      : []),
    ...(facts.isDemoMode ? ['  DEMO MODE: one-time codes are shown on this console. Not for real people.'] : []),
  ].slice(0, 15)
}
