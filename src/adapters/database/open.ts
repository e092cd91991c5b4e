import { startEmbedded } from './embedded.ts'
import type { DatabaseLog, DatabaseServer } from './port.ts'
import { openServer } from './server.ts'

/**
 * Opens the database the operator chose: the server at `url` when one is given, otherwise the platform's own
 * PostgreSQL inside `dataFolder`.
 * @throws DatabaseUnavailable with a sentence that says what to do.
 */
export async function openDatabase(options: {
  url?: string
  dataFolder: string
  log: DatabaseLog
}): Promise<DatabaseServer> {
  if (options.url) return openServer(options.url)
  return startEmbedded({ dataFolder: options.dataFolder, log: options.log })
}
