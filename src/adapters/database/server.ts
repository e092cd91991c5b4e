import { Client } from 'pg'
import { type DatabaseConnection, type DatabaseServer, DatabaseUnavailable, OLDEST_SERVER_MAJOR } from './port.ts'

const CONNECT_LIMIT_MS = 10_000

/**
 * Opens a PostgreSQL server that somebody else runs and checks it with one connection.
 * @param url `postgres://` or `postgresql://`; a unix socket is `postgresql://user@/database?host=/folder`.
 * @throws DatabaseUnavailable when the URL is malformed, the server does not answer within 10 s, refuses the account,
 *   or is older than PostgreSQL 15. The sentence never contains the password.
 */
export async function openServer(url: string): Promise<DatabaseServer> {
  const connection = parseDatabaseUrl(url)
  const version = await serverVersion(connection)
  const major = Math.floor(version / 10_000)
  if (major < OLDEST_SERVER_MAJOR) {
    throw new DatabaseUnavailable(
      `DATABASE_URL points at PostgreSQL ${major}; ${OLDEST_SERVER_MAJOR} or newer is needed.`,
    )
  }
  return {
    kind: 'server',
    connection,
    url,
    dataFolder: undefined,
    memoryBytes: async () => undefined,
    stop: async () => {},
  }
}

/**
 * Turns a DATABASE_URL into the pieces a pg client takes.
 * @throws DatabaseUnavailable when it is not a PostgreSQL URL or names no database.
 */
export function parseDatabaseUrl(url: string): DatabaseConnection {
  if (!/^postgres(ql)?:\/\//.test(url)) {
    throw new DatabaseUnavailable('DATABASE_URL must start with postgres:// or postgresql://.')
  }
  if (!/^[^?]*\/\/[^/?]*\/[^/?]+/.test(url)) {
    throw new DatabaseUnavailable('DATABASE_URL names no database: add /name after the host.')
  }
  const { host, port, user, password, database, ssl } = readUrl(url)
  return {
    host: host || 'localhost',
    port,
    user: user ?? 'postgres',
    ...(password && { password }),
    database: database ?? 'postgres',
    ...(ssl && { ssl }),
  }
}

function readUrl(url: string): Client {
  // The libpq meaning of sslmode: hosted databases hand out `sslmode=require`, which encrypts without a known root.
  const compatible = /[?&]uselibpqcompat=/.test(url) ? url : `${url}${url.includes('?') ? '&' : '?'}uselibpqcompat=true`
  try {
    return new Client({ connectionString: /[?&]sslmode=/.test(url) ? compatible : url })
  } catch {
    // The parser's own error may quote the URL, and with it the password.
    throw new DatabaseUnavailable('DATABASE_URL cannot be read: percent-encode special characters in the password.')
  }
}

async function serverVersion(connection: DatabaseConnection): Promise<number> {
  const client = new Client({ ...connection, connectionTimeoutMillis: CONNECT_LIMIT_MS, application_name: 'salus' })
  // Without a listener, a connection lost between two queries would end the process.
  client.on('error', () => {})
  try {
    await client.connect()
    const { rows } = await client.query<{ server_version_num: string }>('show server_version_num')
    return Number(rows[0]?.server_version_num)
  } catch (error) {
    throw new DatabaseUnavailable(sentenceFor(error, connection), { cause: error })
  } finally {
    await client.end().catch(() => {})
  }
}

function sentenceFor(error: unknown, { host, port, user, database }: DatabaseConnection): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  const place = host.startsWith('/') ? host : `${host}:${port ?? 5432}`
  if (code === '28P01' || code === '28000') return `The database at ${place} refuses the account "${user}" (${code}).`
  if (code === '3D000')
    return `The server at ${place} has no database "${database}": create it, or correct DATABASE_URL.`
  if (code === '53300') return `The database at ${place} has no free connection (${code}).`
  const reason = error instanceof Error ? error.message || code : String(error)
  return `The database at ${place} cannot be reached: ${reason || 'no answer'}. Check DATABASE_URL.`
}
