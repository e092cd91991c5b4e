import type pg from 'pg'
import { openSigner } from './audit/signer.ts'
import { Audit } from './audit.ts'
import type { Clock } from './clock.ts'
import { Encryption } from './encryption.ts'
import { errorFields, type Log } from './log.ts'
import { SYSTEM_ROLE } from './migrate.ts'
import { openPool } from './pool.ts'
import type { OutsidePorts, Ports } from './ports.ts'

/** A draft of a file that nobody finished within a day never will be. */
const ABANDONED_MS = 86_400_000

/** What the frame keeps of people beyond the services' rows, and what services reach it through. */
export interface Keeping {
  readonly audit: Audit
  readonly encryption: Encryption
  readonly ports: Ports
  /** Removes a person's files, and who and whose of the person in the audit. Doing it twice changes nothing. */
  forget(personId: string): Promise<void>
  /** What is due every hour, and at the start: keys are wrapped anew, what was left half done is removed. */
  tidy(): Promise<void>
  close(): Promise<void>
}

export interface KeepingOptions {
  readonly outside: OutsidePorts
  readonly databaseUrl: string
  readonly systemPool: pg.Pool
  readonly clock: Clock
  readonly log: Log
}

/** Wires audit, encryption and files. Opens no connection before one is needed. */
export function openKeeping({ outside, databaseUrl, systemPool, clock, log }: KeepingOptions): Keeping {
  const { keys, openFiles, ...others } = outside
  const pool = openPool({
    url: databaseUrl,
    role: SYSTEM_ROLE,
    connections: 2,
    onError: (error) => log.warn(errorFields(error), 'a database connection was lost'),
  })
  const audit = new Audit(systemPool, clock, log, openSigner(keys.audit))
  const encryption = new Encryption({ pool, masterKeys: keys.master, clock, log })
  const files = openFiles(encryption)
  return {
    audit,
    encryption,
    ports: { ...others, encryption, files },
    forget: async (personId) => {
      encryption.forget(personId)
      await files.eraseAll(personId)
      await audit.forget(personId)
    },
    tidy: async () => {
      await encryption.rewrap()
      await files.removeAbandoned(new Date(clock.now().getTime() - ABANDONED_MS))
      await audit.prune()
    },
    close: async () => {
      await audit.settle()
      await pool.end()
    },
  }
}
