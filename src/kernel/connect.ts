import type pg from 'pg'
import { PlatformError } from './errors.ts'

/** A connection of the pool. Throws 503 when there is none to be had, whatever the reason. */
export async function connected(pool: pg.Pool): Promise<pg.PoolClient> {
  try {
    return await pool.connect()
  } catch (error) {
    throw new PlatformError('unavailable', 'The database is not reachable at the moment', {
      cause: error,
      retryAfterSeconds: 2,
    })
  }
}
