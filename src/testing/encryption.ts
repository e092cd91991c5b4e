import type pg from 'pg'
import { Encryption } from '../kernel/encryption.ts'
import { SYSTEM_ROLE } from '../kernel/migrate.ts'
import { openPool } from '../kernel/pool.ts'
import { FakeClock } from './clock.ts'
import { createDatabase, type TestDatabase } from './database.ts'
import { frameMigrations, type RecordedLines, recordedLog } from './frame.ts'

/** Encryption on a database of its own, without a platform around it. */
export interface TestEncryption {
  readonly database: TestDatabase
  readonly clock: FakeClock
  readonly log: RecordedLines
  /** Master keys of the process, the current one first; a test changes them as an operator does. */
  readonly masters: string[]
  readonly encryption: Encryption
  /** Another process of the same platform, with master keys of its own. */
  process(masters: readonly string[]): Encryption
  /** What an erasure does to the key of a person. */
  eraseKey(personId: string): Promise<void>
  close(): Promise<void>
}

/** Opens encryption. Close it in `after`, or at the end of the test. */
export async function openTestEncryption(): Promise<TestEncryption> {
  const database = await createDatabase([frameMigrations()])
  const clock = new FakeClock()
  const log = recordedLog()
  const masters = ['the master key of this test']
  const pool: pg.Pool = openPool({ url: database.url, role: SYSTEM_ROLE, connections: 2, onError: () => undefined })
  const process = (keys: readonly string[]) => new Encryption({ pool, masterKeys: () => keys, clock, log })
  const encryption = process(masters)
  return {
    database,
    clock,
    log,
    masters,
    encryption,
    process,
    eraseKey: async (personId) => {
      await pool.query('select kernel.forget($1, null)', [personId])
      encryption.forget(personId)
    },
    close: async () => {
      await pool.end()
      await database.drop()
    },
  }
}
