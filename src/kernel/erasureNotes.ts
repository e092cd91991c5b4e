import type { Database } from './database.ts'
import { sql } from './sql.ts'

/** What one service removed when a person left. */
export interface ErasureNote {
  readonly service: string
  readonly rows: Readonly<Record<string, number>>
  readonly at: Date
}

/** What the services removed under a certificate, so far. Needs the system handle. */
export function erasureNotes(systemDb: Database, certificateId: string): Promise<ErasureNote[]> {
  return systemDb.many<ErasureNote>(
    sql`select service, rows, at from kernel.erasure_note where certificate_id = ${certificateId} order by service limit 200`,
  )
}

/** Services that hear when a person leaves by the announcement of `ofService`. Needs the system handle. */
export async function servicesThatErase(systemDb: Database, ofService: string): Promise<string[]> {
  const rows = await systemDb.many<{ consumer: string }>(
    sql`select consumer from kernel.subscription where consumer like ${`%.erase-${ofService}`} order by consumer limit 200`,
  )
  return rows.map(({ consumer }) => consumer.slice(0, consumer.indexOf('.')))
}
