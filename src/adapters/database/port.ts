/** A running PostgreSQL and how to reach it. */
export interface DatabaseServer {
  readonly kind: 'embedded' | 'server'
  /** Pieces of a pg `ClientConfig` for the owner (administrator) connection. */
  readonly connection: DatabaseConnection
  /** A DATABASE_URL-like string with which a child process reaches the same database. Holds the password, if any. */
  readonly url: string
  /** The folder that holds the database's own files; undefined for a server somebody else runs. */
  readonly dataFolder: string | undefined
  /** Proportional memory of the database's processes in bytes, undefined where it can't be read. */
  memoryBytes(): Promise<number | undefined>
  /** Stops what this process started (within 8 s); closes nothing else. Safe to call twice. */
  stop(): Promise<void>
}

/** What a pg client needs; `host` is a folder (absolute path) when the database listens on a unix socket. */
export interface DatabaseConnection {
  host: string
  port?: number
  user: string
  password?: string
  database: string
  ssl?: boolean | object
}

/** The three calls of a pino-like logger that the adapters use. */
export interface DatabaseLog {
  info(details: object, message: string): void
  warn(details: object, message: string): void
  error(details: object, message: string): void
}

/** The database cannot be opened. The message is a sentence for the operator that says what to do. */
export class DatabaseUnavailable extends Error {
  readonly code = 'database_unavailable'
  override readonly name = 'DatabaseUnavailable'
}

/** The oldest server whose SQL the platform is written for. */
export const OLDEST_SERVER_MAJOR = 15
