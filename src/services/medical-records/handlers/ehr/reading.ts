import { createHash } from 'node:crypto'
import { setImmediate } from 'node:timers/promises'
import { PlatformError } from '../../../../kernel/errors.ts'
import type { Context } from '../../../../kernel/service.ts'
import { canonical } from '../../domain/changes.ts'
import { HOSPITAL_KINDS, type HospitalKind, type KindReading, opens } from '../../domain/hospitalKinds.ts'
import { MOST_SKIPPED, type Skipped } from '../../domain/imported.ts'
import {
  type Hospital,
  HospitalAway,
  HospitalBroken,
  HospitalBusy,
  HospitalNotOpen,
  HospitalRefused,
} from '../../providers/ehr/hospital.ts'
import type { HospitalRecord } from '../../providers/ehr/records.ts'
import { dropOldRequests, dueHospitals, findHospital, type HospitalRow, noteReading } from '../../store/hospitals.ts'
import { standingOrigins } from '../../store/imports.ts'
import { ImportBuilder } from '../exchange/importBuilder.ts'
import { configuredHospitals, openPatient, openRecord } from './common.ts'

const DAY_MS = 86_400_000
const AGAIN_MS = 3_600_000
/** A clock at the hospital may be behind ours. */
const OVERLAP_MS = 300_000
/** New values of one reading: a person looks at no more of them; the next brings what is left. */
const MOST_NEW = 4000
/** Read at once: less than half of what a file of FHIR may have. */
const LARGEST_BATCH = 1_200_000
const LARGE = 20_000
/** Resources that are asked for one by one at a reading, of each type; others wait for the next. */
const MOST_MISSING = 50

/** Reads the record at a hospital, by job. What is new waits as an import from there. */
export async function readHospital(context: Context, data: Readonly<Record<string, unknown>>): Promise<void> {
  const row = await findHospital(context.db, context.personId, String(data.system))
  if (row === undefined || row.status === 'expired') return
  const hospital = configuredHospitals(context).find((one) => one.system === row.system)
  try {
    if (hospital === undefined) throw new HospitalBroken('The system is no longer set up on this server', 'not_set_up')
    await noteReading(context.db, row.id, await readAll(context, hospital, row, data.all === true), context.now())
  } catch (error) {
    if (!isOfHospital(error) && !(error instanceof PlatformError)) throw error
    const nothing = { readAt: null, importId: null, taken: 0, report: {} }
    await noteReading(context.db, row.id, { ...nothing, ...endingOf(context, error) }, context.now())
  }
}

type Ended = Pick<Parameters<typeof noteReading>[2], 'status' | 'error' | 'errorCode' | 'retryAfter'>

/** Where a connection stands after a reading that ended early, and when it is tried again. */
function endingOf(context: Context, error: Error): Ended {
  const errorCode = isOfHospital(error) ? error.code : null
  if (error instanceof HospitalRefused) return { status: 'expired', error: error.message, errorCode, retryAfter: null }
  const waitMs = error instanceof HospitalBusy ? error.seconds * 1000 : AGAIN_MS
  const retryAfter = new Date(context.now().getTime() + waitMs)
  return { status: 'error', error: error.message.slice(0, 300), errorCode, retryAfter }
}

function isOfHospital(error: unknown): error is HospitalRefused | HospitalBusy | HospitalBroken {
  return error instanceof HospitalRefused || error instanceof HospitalBusy || error instanceof HospitalBroken
}

/** Reads kind by kind. One that fails keeps no other from being taken, and is asked for again later. */
async function readAll(context: Context, hospital: Hospital, row: HospitalRow, isWhole: boolean) {
  const record = await openRecord(context, hospital, row)
  const patient = await openPatient(context, row)
  const startedAt = context.now()
  const sender = `${hospital.label} (${new URL(hospital.baseUrl).hostname})`
  const name = `hospital:${row.id}:${context.newId()}`
  const { id, system } = row
  const builder = await ImportBuilder.begin(context, name, sender, { id, system, baseUrl: hospital.baseUrl })
  const batch = new Batch(builder, JSON.stringify(await record.patient(patient)))
  const reading = { context, hospital, record, patient, batch }
  const telling = await record.tellingChanges()
  const report: Record<string, KindReading> = {}
  const wholly = new Set<string>()
  let failure: Error | undefined
  let isOver = false
  for (const kind of HOSPITAL_KINDS) {
    const before = row.report[kind.name]?.since
    if (!opens(row.scopes, kind.type)) {
      report[kind.name] = { outcome: 'not_open', count: 0, why: null, since: before }
      continue
    }
    if (isOver || builder.count >= MOST_NEW) {
      report[kind.name] = { outcome: 'later', count: 0, why: null, since: before }
      continue
    }
    // A server that can't tell what changed is read as a whole, and compared with what was taken.
    const since = isWhole || !telling.has(kind.type) ? undefined : before
    let count = 0
    try {
      for await (const resources of record.pages(kind, patient, since))
        count += await batch.take(kind, patient, resources)
      if (since === undefined) wholly.add(kind.name)
      const next = new Date(startedAt.getTime() - OVERLAP_MS).toISOString()
      report[kind.name] = { outcome: count > 0 ? 'taken' : 'nothing', count, why: null, since: next }
    } catch (error) {
      const isClosed = error instanceof HospitalNotOpen
      if (!isClosed && !isOfHospital(error)) throw error
      const outcome = isClosed ? 'not_open' : error instanceof HospitalBusy ? 'later' : 'failed'
      report[kind.name] = { outcome, count, why: isClosed ? null : error.message.slice(0, 200), since: before }
      if (!isClosed) failure ??= error
      isOver = error instanceof HospitalRefused || error instanceof HospitalBusy || error instanceof HospitalAway
    }
  }
  await batch.flush()
  if (failure === undefined) await builder.addGone(await goneFrom(reading, report, wholly))
  const { importId, taken } = await builder.finish(batch.skipped.slice(0, MOST_SKIPPED))
  const good: Ended = { status: 'connected', error: null, errorCode: null, retryAfter: null }
  const ended = failure === undefined ? good : endingOf(context, failure)
  return { ...ended, readAt: failure === undefined ? startedAt : null, importId, taken, report }
}

interface Reading {
  readonly context: Context
  readonly hospital: Hospital
  readonly record: HospitalRecord
  readonly patient: string
  readonly batch: Batch
}

/**
 * Resources (`Type/id`) that stand in the record and that the hospital removed: they are not among those that are there, and it
 * says of each that there is none. A search that can't be made, or a resource that is only hidden, is no sign of that.
 */
async function goneFrom(
  { context, hospital, record, patient, batch }: Reading,
  report: Readonly<Record<string, KindReading>>,
  wholly: ReadonlySet<string>,
): Promise<string[]> {
  const gone: string[] = []
  for (const [type, kinds] of Map.groupBy(HOSPITAL_KINDS, (kind) => kind.type)) {
    if (!kinds.every(({ name }) => /^(taken|nothing)$/.test(report[name]?.outcome ?? ''))) continue
    const standing = await standingOrigins(context.db, context.personId, `${hospital.baseUrl}/${type}/`)
    if (standing.length === 0) continue
    try {
      const there = new Set(batch.seen)
      for (const kind of kinds) {
        if (wholly.has(kind.name)) continue
        for (const id of await record.ids(kind, patient)) there.add(`${type}/${id}`)
      }
      const missing = standing
        .map((origin) => origin.slice(hospital.baseUrl.length + 1))
        .filter((one) => !there.has(one))
      for (const one of missing.slice(0, MOST_MISSING)) if (await record.isGone(one)) gone.push(one)
    } catch (error) {
      if (!(error instanceof HospitalNotOpen) && !isOfHospital(error)) throw error
    }
  }
  return gone
}

/** Resources on their way into an import, in parts that are read at once. */
class Batch {
  readonly skipped: Skipped[] = []
  /** What was there, as `Type/id`. */
  readonly seen = new Set<string>()
  private readonly builder: ImportBuilder
  private readonly person: string
  private texts: string[] = []
  private digests = new Map<string, string>()
  private size = 0

  constructor(builder: ImportBuilder, person: string) {
    this.builder = builder
    this.person = person
  }

  /** Takes those that are about the patient, whatever the search answered; how many. */
  async take(kind: HospitalKind, patient: string, resources: readonly Resource[]): Promise<number> {
    const own = resources.filter((one) => isAbout(one, patient))
    if (own.length < resources.length) this.skipped.push({ where: kind.name, why: 'It is about another patient' })
    for (const resource of own) {
      const reference = `${String(resource.resourceType)}/${String(resource.id)}`
      this.seen.add(reference)
      const [text, digest] = written(resource)
      if (text.length > LARGEST_BATCH) {
        this.skipped.push({ where: kind.name, why: 'It is too large' })
        continue
      }
      if (this.size + text.length > LARGEST_BATCH) await this.flush()
      this.texts.push(text)
      this.digests.set(reference, digest)
      this.size += text.length
      // Digests of large resources take a while together.
      if (text.length > LARGE) await setImmediate()
    }
    return own.length
  }

  async flush(): Promise<void> {
    if (this.texts.length > 0) await this.builder.add([this.person, ...this.texts], this.digests)
    this.texts = []
    this.digests = new Map()
    this.size = 0
  }
}

type Resource = Readonly<Record<string, unknown>>

/** A resource as JSON and its digest; one that is nested beyond all measure is too large. */
function written(resource: Resource): readonly [string, string] {
  try {
    return [JSON.stringify(resource), digestOf(resource)]
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    return ['x'.repeat(LARGEST_BATCH + 1), '']
  }
}

/** The same for the same content: a new version that says nothing new is none. */
function digestOf({ meta: _meta, text: _narrative, ...content }: Resource): string {
  return createHash('sha256').update(canonical(content)).digest('hex')
}

function isAbout(resource: Resource, patient: string): boolean {
  const about = (resource.subject ?? resource.patient) as { readonly reference?: unknown } | undefined
  const reference = typeof about?.reference === 'string' ? about.reference : ''
  return reference === `Patient/${patient}` || reference.endsWith(`/Patient/${patient}`)
}

/** Queues the reading of every connection that was not read for a day. */
export async function readDueHospitals(context: Context): Promise<void> {
  const { db } = context.system('connections of all people with hospitals, which are read daily')
  const now = context.now()
  await dropOldRequests(db, now)
  for (const { user_id, system } of await dueHospitals(db, now, new Date(now.getTime() - DAY_MS))) {
    const owner = context.forPerson(user_id, 'their connection is read daily')
    await owner.transact((transaction) =>
      transaction.enqueue('read-hospital', { system }, { key: `hospital/${user_id}/${system}` }),
    )
  }
}
