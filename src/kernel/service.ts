import type { SaidPart } from '../shared/recordWords.ts'
import type { Span } from '../shared/span.ts'
import type { Clock } from './clock.ts'
import type { Setting, SettingsOf } from './config.ts'
import type { Contract, DataOf, Events, EventType, InputOf, Operation, Operations, OutputOf } from './contract.ts'
import type { FrameControls } from './controls.ts'
import type { Database, Transaction } from './database.ts'
import type { StoredEvent } from './events.ts'
import type { Log } from './log.ts'
import type { Ports } from './ports.ts'
import type { Caller } from './principal.ts'
import type { RawAnswer, RawRequest } from './raw.ts'

/** What a handler gets: its caller, its own data, the one door to others, and the outside world through ports. */
export interface Context {
  readonly caller: Caller
  /** The person whose record the call is about. Throws `unauthenticated` when there is none. */
  readonly personId: string
  /** The signed-in account. Throws `unauthenticated` when nobody is. */
  readonly accountId: string
  /** The service's data, limited by the database itself to the person (and account) of the call. */
  readonly db: Database
  readonly log: Log
  readonly clock: Clock
  readonly ports: Ports
  /** Values of the settings the service declares. */
  readonly settings: Readonly<Record<string, unknown>>
  readonly isDemoMode: boolean
  /** Address under which people reach the platform, without a slash at the end. */
  readonly publicUrl: string
  now(): Date
  newId(): string
  /** The only way to another service: typed, validated, authorised; throws inside a transaction. */
  call<Op extends Operation>(operation: Op, input: InputOf<Op>): Promise<OutputOf<Op>>
  /** Runs `work` in one transaction. Keep it short; no calls to other services inside. */
  transact<Result>(work: (transaction: Transaction) => Promise<Result>): Promise<Result>
  /** Data beyond the caller's (sign-in, jobs over all people). The reason stands in the code for the reader. */
  system(reason: string): SystemAccess
  /** The same context for another person, for work that the service itself has authorised (guardian, job, erasure). */
  forPerson(personId: string, reason: string): Context
  /**
   * The same context as the holder of a right that isn't the caller: whoever opens a share link. The database shows what
   * that right opens, and nothing once it ended.
   */
  asHolder(holderId: string, personId: string, category: string): Context
  /** Contracts of all services of the platform, here or elsewhere: for work over all of them. */
  readonly contracts: readonly Contract[]
  /** Checks of what the frame promises, for whoever answers for it. */
  readonly controls: FrameControls
  /** Notes in the audit what the frame can't see for itself. Costs no round trip. */
  audit(note: AuditNote): void
}

/** What a service says of its own doings in the audit. */
export interface AuditNote {
  /** `consent_granted`, `data_exported`: what was done. */
  readonly action: string
  readonly outcome?: 'allowed' | 'refused'
  readonly reason?: string
  readonly purpose?: string
  /** The consent or grant that it is about. */
  readonly grantId?: string
  /** Whose record it was; that of the call unless said. */
  readonly personId?: string
}

export interface SystemAccess {
  readonly db: Database
  transact<Result>(work: (transaction: Transaction) => Promise<Result>): Promise<Result>
}

export type Handlers<C extends Contract> = {
  readonly [Name in keyof C['operations']]: (
    context: Context,
    input: InputOf<C['operations'][Name]>,
  ) => Promise<OutputOf<C['operations'][Name]>>
}

/** What happens here when something happened elsewhere. Runs at least once a call, its effects exactly once. */
export interface Reaction {
  readonly name: string
  readonly on: EventType
  handle(context: Context, event: StoredEvent, transaction: Transaction): Promise<void>
}

/** A reaction, typed by its event. */
export function reaction<Event extends EventType>(definition: {
  readonly name: string
  readonly on: Event
  handle(context: Context, event: StoredEvent & { data: DataOf<Event> }, transaction: Transaction): Promise<void>
}): Reaction {
  return definition as unknown as Reaction
}

/** Work outside a request. `everySeconds` makes it recur; without it, it runs when queued. */
export interface JobDefinition {
  readonly name: string
  readonly summary: string
  /** A recurring job that was missed (sleep, restart) runs once when the platform is back. */
  readonly everySeconds?: number
  /** How long a run may take before another process may take it over. */
  readonly leaseSeconds?: number
  /** Runs at least once a queued job. `data` is what was queued, `{}` for a recurring job. */
  run(context: Context, data: Readonly<Record<string, unknown>>): Promise<void>
}

/** Serves a streaming route. The caller is authorised; the handler checks its own input. */
export type StreamHandler = (context: Context, request: RawRequest) => Promise<RawAnswer>

/** One open WebSocket, as a service sees it. */
export interface SocketConnection {
  readonly params: Readonly<Record<string, string>>
  /** Of the address, without what the frame reads itself. */
  readonly query: Readonly<Record<string, string>>
  /**
   * What the client sends, text as string and binary as Buffer, one by one; ends when the socket closes. While one is worked
   * on, the client is read a few messages ahead and no further.
   */
  readonly messages: AsyncIterable<string | Buffer>
  /** The context of one piece of work: whose record, authorised, with a deadline that begins now. */
  context(): Context
  /** Sends, and resolves when the system took it: whoever waits never gets ahead of the client. Does nothing once closed. */
  send(message: string | Buffer): Promise<void>
  /** Closes with a code (1000 done, 1008 refused) and a reason of at most 120 bytes, without personal data. */
  close(code: number, reason: string): void
  /** Asks anew whether credential and right still hold. False means: send nothing now; when they ended, it is closed. */
  stillAllowed(): Promise<boolean>
  /** Aborts when the socket is closed, by whomever. */
  readonly closed: AbortSignal
}

/** Serves one WebSocket from its opening on. When it returns the socket is closed; a refusal it throws is the reason. */
export type SocketHandler = (connection: SocketConnection) => Promise<void>

/** How a service gives out and removes everything it holds about one person. */
export interface Personal {
  /** All rows about the person, by the name of the collection; `context` opens what is encrypted. */
  exportAll(db: Database, personId: string, context: Context): Promise<Readonly<Record<string, readonly object[]>>>
  /** Removes all rows about the person; returns how many, by table. */
  eraseAll(transaction: Transaction, personId: string): Promise<Readonly<Record<string, number>>>
  /** Files of the person, kept through `ports.files` under the name of the service: they go into an export. */
  listFiles?(db: Database, personId: string): Promise<readonly { readonly name: string; readonly address: string }[]>
  /**
   * The newest of the given categories in a few lines, for whoever the person shares them with. Others are left out, and what
   * has a clinical date outside the span.
   */
  summarise?(db: Database, personId: string, categories: readonly string[], span: Span): Promise<SummaryPart[]>
}

/** What a service shows of one category: at most 200 lines. */
export interface SummaryPart {
  readonly category: string
  readonly label: string
  /** What `label` is called in every language (`recordWords`); none where it is the service's own word. */
  readonly code?: string | undefined
  readonly rows: readonly SummaryRow[]
}

export interface SummaryRow {
  readonly label: string
  /** In English, whole. */
  readonly value: string
  readonly at: string | null
  /** The same for other languages and units: none of a text that a person or a paper wrote. */
  readonly code?: string | undefined
  readonly said?: readonly SaidPart[] | undefined
}

/** Synthetic data for the demo household, written for one of its people. */
export interface DemoData {
  /** Writes the part of `person` that this service holds, deterministically for a given `seed`; returns rows written. */
  seed(context: Context, person: DemoPerson): Promise<number>
}

export interface DemoPerson {
  readonly personId: string
  readonly accountId: string
  /** `asha`, `ravi`, `meera`, `kiran`. */
  readonly key: string
  readonly displayName: string
  readonly birthDate: string
  readonly sexAtBirth: 'female' | 'male'
  readonly heightCm: number
  readonly weightKg: number
  readonly seed: number
  /** The last day with data. */
  readonly today: string
}

export interface ServiceDefinition<C extends Contract = Contract> {
  readonly contract: C
  /** Contracts this service calls or whose events it hears; gives the start and migration order. */
  readonly needs: readonly Contract[]
  readonly handlers: Handlers<C>
  readonly reactions?: readonly Reaction[]
  readonly jobs?: readonly JobDefinition[]
  /** Handlers of the contract's streams, by name. */
  readonly routes?: Readonly<Record<string, StreamHandler>>
  /** Handlers of the contract's WebSockets, by name. */
  readonly sockets?: Readonly<Record<string, SocketHandler>>
  readonly settings?: Readonly<Record<string, Setting>>
  /** Needed when any table of the service has a `user_id`. */
  readonly personal?: Personal
  readonly demo?: DemoData
}

/** A service as the board sees it. */
export type Service = ServiceDefinition<Contract<Operations, Events>>

/** The manifest of a service. */
export function defineService<C extends Contract>(definition: ServiceDefinition<C>): Service {
  return definition as unknown as Service
}

/** Typed view of the settings a service declares. */
export function settingsOf<S extends Readonly<Record<string, Setting>>>(context: Context, _declared: S): SettingsOf<S> {
  return context.settings as SettingsOf<S>
}
