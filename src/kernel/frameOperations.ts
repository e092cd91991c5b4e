import { isMomentWithin, type Span, spanOf } from '../shared/span.ts'
import { type Operation, query } from './contract.ts'
import { PlatformError } from './errors.ts'
import { date, list, nullable, object, optional, Type, text } from './fields.ts'
import { newId } from './ids.ts'
import type { Context, Service } from './service.ts'

const service = { kind: 'service' } as const

const Said = object({
  text: optional(Type.String()),
  code: optional(Type.String()),
  number: optional(Type.Number()),
  unit: optional(Type.String()),
  metric_type: optional(Type.String()),
})

/** A few lines of a category, as they are shown to whoever a person shares it with. */
export const Summary = object({
  category: Type.String(),
  label: Type.String(),
  code: optional(Type.String()),
  rows: list(
    object({
      label: Type.String(),
      value: Type.String(),
      at: nullable(Type.String({ description: 'ISO 8601' })),
      code: optional(Type.String()),
      said: optional(list(Said, 10)),
    }),
    200,
  ),
})

const definitions = {
  exportPart: query({
    summary: 'Everything the service holds about the person of the call, by collection',
    access: service,
    timeoutMs: 120_000,
    input: object({}),
    output: object({
      collections: Type.Record(Type.String(), Type.Array(Type.Record(Type.String(), Type.Unknown()))),
      files: list(object({ name: Type.String(), address: Type.String() }), 100_000),
    }),
  }),
  summarisePart: query({
    summary: 'What the service shows of some categories of the person of the call, to whom the person shares them with',
    access: service,
    input: object({
      categories: list(text(40), 30),
      from: optional(date()),
      until: optional(date()),
      zone: optional(text(50)),
    }),
    output: list(Summary, 30),
  }),
  drillPart: query({
    summary: 'Writes, exports and erases a person that does not exist, and says what was left',
    access: service,
    timeoutMs: 60_000,
    input: object({}),
    output: object({
      available: Type.Boolean({ description: 'whether the service has made-up data to write' }),
      written: Type.Integer(),
      exported: Type.Integer(),
      removed: Type.Integer(),
      left: Type.Integer(),
    }),
  }),
}

type FrameOperations = typeof definitions

/** Operations that the frame itself provides at every service, for work over all of them; in both shapes. */
export function frameOperations(serviceName: string): FrameOperations {
  return Object.fromEntries(
    Object.entries(definitions).map(([name, operation]) => [
      name,
      { ...operation, service: serviceName, name: `frame.${name}` },
    ]),
  ) as FrameOperations
}

/** Runs an operation of the frame at a service; undefined when the operation isn't one. */
export function runFrameOperation(
  target: Service,
  operation: Operation,
  contextOf: (personId?: string) => Context,
  input: unknown,
): Promise<unknown> | undefined {
  switch (operation.name) {
    case 'frame.exportPart':
      return exportPart(target, contextOf())
    case 'frame.summarisePart':
      return summarisePart(target, contextOf(), input as SummaryAsked)
    case 'frame.drillPart':
      return drillPart(target, contextOf)
    default:
      return undefined
  }
}

async function exportPart({ personal }: Service, context: Context) {
  const { personId } = context
  if (personal === undefined) return { collections: {}, files: [] }
  const files = (await personal.listFiles?.(context.db, personId)) ?? []
  return { collections: await personal.exportAll(context.db, personId, context), files: [...files] }
}

interface SummaryAsked {
  readonly categories: readonly string[]
  readonly from?: string
  readonly until?: string
  readonly zone?: string
}

/** What a service gives beyond the days that were asked for goes no further, whatever the service is. */
async function summarisePart({ personal }: Service, context: Context, asked: SummaryAsked) {
  const { categories, from, until, zone = 'UTC' } = asked
  const span = spanOf({ from, until, zone })
  const parts = (await personal?.summarise?.(context.db, context.personId, categories, span)) ?? []
  return parts.map((part) => ({ ...part, rows: part.rows.filter(({ at }) => isShown(at, span)) }))
}

const isShown = (at: string | null, span: Span) => isMomentWithin(span, at ?? undefined)

/** An id that belongs to nobody stands for the person: what was written for it is all there is. */
async function drillPart({ personal, demo }: Service, contextOf: (personId?: string) => Context) {
  if (personal === undefined || demo === undefined) {
    return { available: false, written: 0, exported: 0, removed: 0, left: 0 }
  }
  const personId = newId()
  const context = contextOf(personId)
  const count = async () => rowsIn(await personal.exportAll(context.db, personId, context))
  try {
    const written = await demo.seed(context, drillPerson(personId, context.now()))
    const exported = await count()
    const removed = await erase(personal, context, personId)
    return { available: true, written, exported, removed, left: await count() }
  } catch (error) {
    await erase(personal, context, personId)
    throw new PlatformError('internal', 'The drill could not be run', { cause: error })
  }
}

async function erase(personal: NonNullable<Service['personal']>, context: Context, personId: string): Promise<number> {
  const access = context.system('the drill removes what it wrote for a person that does not exist')
  const counts = await access.transact((transaction) => personal.eraseAll(transaction, personId))
  return Object.values(counts).reduce((sum, one) => sum + one, 0)
}

const rowsIn = (collections: Readonly<Record<string, readonly object[]>>) =>
  Object.values(collections).reduce((sum, rows) => sum + rows.length, 0)

function drillPerson(personId: string, now: Date) {
  return {
    personId,
    accountId: personId,
    key: 'drill',
    displayName: 'Nobody',
    birthDate: '1980-01-01',
    sexAtBirth: 'female' as const,
    heightCm: 165,
    weightKg: 60,
    seed: 1,
    today: now.toISOString().slice(0, 10),
  }
}
