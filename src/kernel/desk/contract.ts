import { command, defineContract, query } from '../contract.ts'
import { integer, list, nullable, object, oneOf, optional, Type, text, uuid } from '../fields.ts'
import { LOG_LEVELS } from '../recentLog.ts'

const staff = { kind: 'role', roles: ['operator', 'administrator'] } as const
const Instant = Type.String({ description: 'ISO 8601, UTC' })
const instantOrNull = nullable(Instant)
const Milliseconds = nullable(
  Type.Number({ description: 'from the histogram of this process; null before any request' }),
)
const Bytes = Type.Integer()

/** Lists of what failed, or is due, show so many. */
export const SHOWN = 100

const BackupKind = oneOf(['backup', 'check', 'drill'])

const ServiceState = object({
  name: Type.String(),
  summary: Type.String(),
  status: Type.String(),
  where: oneOf(['this process', 'another process']),
  requests: Type.Integer({ description: 'answered by this door since it started' }),
  refused: Type.Integer({ description: 'answered 4xx' }),
  failed: Type.Integer({ description: 'answered 5xx' }),
  p50_ms: Milliseconds,
  p95_ms: Milliseconds,
})

/** What the frame itself offers whoever runs the platform. It knows no person: nothing here reads a record. */
export const desk = defineContract({
  name: 'operations',
  summary: 'For whoever runs the platform: what runs, what waits, what failed.',
  names: [],
  operations: {
    overview: query({
      summary: 'The process now: memory against its limit, services, their speed and faults',
      route: 'GET /operations/overview',
      access: staff,
      input: object({}),
      output: object({
        version: Type.String(),
        node: Type.String(),
        environment: Type.String(),
        started_at: Instant,
        now: Instant,
        memory: object({
          limit_bytes: Bytes,
          rss_bytes: Bytes,
          heap_bytes: Bytes,
          database_process_bytes: nullable(
            Type.Integer({ description: 'of the embedded database; null for a server' }),
          ),
          by_minute: list(object({ at: Instant, rss_bytes: Bytes, heap_bytes: Bytes }), 60),
        }),
        database_bytes: Type.Integer({ description: 'size on disk' }),
        services: list(ServiceState, 200),
        outside: list(object({ name: Type.String(), is_on: Type.Boolean(), through: Type.String() }), 100),
      }),
    }),
    work: query({
      summary: 'Jobs and deliveries: what is due, when what recurs is due next, and what failed for good',
      route: 'GET /operations/work',
      access: staff,
      input: object({}),
      output: object({
        jobs: object({ waiting: Type.Integer(), running: Type.Integer(), failed: Type.Integer() }),
        deliveries: object({ waiting: Type.Integer(), failed: Type.Integer(), oldest_waiting_at: instantOrNull }),
        recurring: list(
          object({
            service: Type.String(),
            name: Type.String(),
            next_at: Instant,
            last_run_at: instantOrNull,
            last_error: nullable(Type.String()),
            is_running: Type.Boolean(),
          }),
          SHOWN * 5,
        ),
        failed_jobs: list(
          object({
            id: Type.String(),
            service: Type.String(),
            name: Type.String(),
            attempts: Type.Integer(),
            failed_at: Instant,
            error: nullable(Type.String()),
          }),
          SHOWN,
        ),
        failed_deliveries: list(
          object({
            event_id: Type.String(),
            type: Type.String(),
            consumer: Type.String(),
            attempts: Type.Integer(),
            failed_at: Instant,
            error: nullable(Type.String()),
          }),
          SHOWN,
        ),
      }),
    }),
    retryJob: command({
      summary: 'Run a job again that had failed for good',
      route: 'POST /operations/jobs/:id/retry',
      access: staff,
      errors: ['not_found', 'conflict'],
      input: object({ id: uuid() }),
      output: object({ message: Type.String() }),
    }),
    retryDelivery: command({
      summary: 'Deliver an event again to a consumer that had failed for good',
      route: 'POST /operations/deliveries/:event_id/retry',
      access: staff,
      errors: ['not_found'],
      input: object({ event_id: uuid(), consumer: text(200) }),
      output: object({ message: Type.String() }),
    }),
    setup: query({
      summary: 'Configuration with where each value comes from (secrets never shown), migrations, and the last backup',
      route: 'GET /operations/setup',
      access: staff,
      input: object({}),
      output: object({
        settings: list(
          object({
            part: Type.String(),
            variable: Type.String(),
            doc: Type.String(),
            value: nullable(Type.String({ description: 'null when unset' })),
            source: Type.String({ description: 'the variable that was set, or default' }),
            is_secret: Type.Boolean(),
          }),
          1000,
        ),
        elsewhere: list(Type.String({ description: 'services of other processes, whose settings stand there' }), 200),
        migrations: list(object({ service: Type.String(), name: Type.String(), applied_at: Instant }), 2000),
        backup: object({
          folder: nullable(Type.String()),
          command: Type.String(),
          is_sealed: Type.Boolean({ description: 'whether a passphrase is set' }),
          last: nullable(object({ name: Type.String(), bytes: Type.Integer(), at: Instant })),
        }),
      }),
    }),
    backups: query({
      summary: 'Backups in the data folder, and what came of the last writing, checking and practising',
      route: 'GET /operations/backups',
      access: staff,
      input: object({}),
      output: object({
        folder: nullable(Type.String({ description: 'null where this process has no data folder' })),
        is_sealed: Type.Boolean({ description: 'whether a passphrase is set, without which none is written' }),
        items: list(object({ name: Type.String(), bytes: Type.Integer(), at: Instant }), SHOWN),
        running: nullable(object({ kind: BackupKind, name: Type.String(), started_at: Instant })),
        results: list(
          object({
            kind: BackupKind,
            name: Type.String(),
            started_at: Instant,
            ended_at: Instant,
            found: nullable(object({ tables: Type.Integer(), files: Type.Integer(), bytes: Bytes })),
            fault: nullable(Type.String()),
          }),
          20,
        ),
      }),
    }),
    makeBackup: command({
      summary: 'Write a backup into the data folder and read it to its end; it goes on after the answer',
      route: 'POST /operations/backups',
      access: staff,
      errors: ['conflict'],
      status: 202,
      input: object({}),
      output: object({ name: Type.String() }),
    }),
    checkBackup: command({
      summary: 'Read a backup to its end; it goes on after the answer',
      route: 'POST /operations/backups/:name/check',
      access: staff,
      errors: ['not_found', 'conflict'],
      status: 202,
      input: object({ name: text(210) }),
      output: object({ name: Type.String() }),
    }),
    drillBackup: command({
      summary: 'Practise a restore: bring a backup back into a place of its own and remove it again',
      route: 'POST /operations/backups/:name/drill',
      access: staff,
      errors: ['not_found', 'conflict'],
      status: 202,
      input: object({ name: text(210) }),
      output: object({ name: Type.String() }),
    }),
    logs: query({
      summary: 'The newest lines of the log of this process, kept in memory only',
      route: 'GET /operations/logs',
      access: staff,
      input: object({
        request_id: optional(text(64, { pattern: '^[A-Za-z0-9._-]+$' })),
        level: optional(oneOf(LOG_LEVELS)),
        limit: integer(1, 500, { default: 100 }),
      }),
      output: object({
        lines: list(
          object({
            at: Instant,
            level: oneOf(LOG_LEVELS),
            message: Type.String(),
            request_id: nullable(Type.String()),
            fields: Type.String(),
          }),
          500,
        ),
      }),
    }),
  },
})
