import pg from 'pg'
import type { Grounds } from './principal.ts'

/** Whose rows a handle reaches, for whom, and on what grounds: what the policy of every table about people asks. */
export interface Scope {
  readonly personId: string | undefined
  readonly accountId: string | undefined
  readonly grounds?: Grounds | undefined
  /** The platform's time, against which rights and consents end. */
  readonly now?: (() => Date) | undefined
}

const SETTINGS = ['person', 'account', 'category', 'action', 'purpose', 'recipient', 'now']

function setting(count: number): string {
  const calls = SETTINGS.slice(0, count).map((name, index) => `set_config('salus.${name}', $${index + 1}, true)`)
  return `select ${calls.join(', ')}`
}

/** A statement that sets the scope until the end of its transaction: no connection keeps anybody's. */
export interface ScopeStatement {
  readonly name: string
  readonly text: string
  readonly values: string[]
}

/** In their own record people are asked for no right: two settings less than a microsecond each are worth leaving out. */
const OWN = { name: 'salus_scope_own', text: setting(3) }
const WHOLE = { name: 'salus_scope', text: setting(SETTINGS.length) }

/** The scope as a statement. Rights are asked for only in another's record or for a purpose: elsewhere no time is needed. */
export function scopeStatement({ personId = '', accountId = '', grounds, now }: Scope): ScopeStatement {
  const { category = '', action = '', purpose = '', recipient = '' } = grounds ?? {}
  const isOwn = (accountId === '' || accountId === personId) && purpose === ''
  if (isOwn) return { ...OWN, values: [personId, accountId, category] }
  const at = now?.().toISOString() ?? ''
  return { ...WHOLE, values: [personId, accountId, category, action, purpose, recipient, at] }
}

/** Prepares the scope statements on a new connection, so that a scoped statement only has to run one. */
export function prepareScopes(client: pg.ClientBase): Promise<unknown>[] {
  return [OWN, WHOLE].map(({ name, text }) => {
    const count = name === OWN.name ? 3 : SETTINGS.length
    return client.query({ name, text, values: Array.from({ length: count }, () => '') })
  })
}

interface Message {
  readonly [key: string]: unknown
}

/** The parts of the driver's connection and query that a query which sends two statements needs. */
interface DriverConnection {
  bind(config: { portal: string; statement: string; values: readonly string[] }): void
  execute(config: { portal: string; rows: number }): void
}

interface DriverQuery {
  prepare(connection: DriverConnection): void
  handleDataRow(message: Message): void
  handleCommandComplete(message: Message, connection: DriverConnection): void
}

type QueryConstructor = new (
  config: { name?: string | undefined; text: string; values: unknown[]; queryMode: 'extended' },
  callback: (error: Error | undefined, result: pg.QueryResult) => void,
) => DriverQuery & pg.Submittable

const Query = pg.Query as unknown as QueryConstructor

/**
 * A statement that is sent with its scope before it and one end for both: the database takes them as one transaction,
 * in one message. When the scope fails, the statement doesn't run; when it is done, the scope is gone.
 */
class ScopedQuery extends Query {
  private isScopeDone = false
  private readonly scope: ScopeStatement

  constructor(scope: ScopeStatement, ...rest: ConstructorParameters<QueryConstructor>) {
    super(...rest)
    this.scope = scope
  }

  override prepare(connection: DriverConnection): void {
    connection.bind({ portal: '', statement: this.scope.name, values: this.scope.values })
    connection.execute({ portal: '', rows: 0 })
    super.prepare(connection)
  }

  override handleDataRow(message: Message): void {
    if (this.isScopeDone) super.handleDataRow(message)
  }

  override handleCommandComplete(message: Message, connection: DriverConnection): void {
    if (this.isScopeDone) super.handleCommandComplete(message, connection)
    else this.isScopeDone = true
  }
}

/** Runs one statement under a scope, in one round trip and one transaction. */
export function queryScoped(
  client: pg.ClientBase,
  scope: Scope,
  statement: { readonly name: string | undefined; readonly text: string; readonly values: readonly unknown[] },
): Promise<pg.QueryResult> {
  return new Promise((resolve, reject) => {
    const config = {
      text: statement.text,
      values: [...statement.values],
      queryMode: 'extended' as const,
      ...(statement.name === undefined ? {} : { name: statement.name }),
    }
    client.query(
      new ScopedQuery(scopeStatement(scope), config, (error, result) => (error ? reject(error) : resolve(result))),
    )
  })
}
