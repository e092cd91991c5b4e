import { PlatformError } from '../../../../kernel/errors.ts'
import type { Context } from '../../../../kernel/service.ts'
import { MOST_SKIPPED, type Skipped } from '../../domain/imported.ts'
import { type Hospital, HospitalBroken, HospitalBusy, HospitalRefused } from '../../providers/ehr/hospital.ts'
import { READ_TYPES } from '../../providers/ehr/records.ts'
import { dropOldRequests, dueHospitals, findHospital, type HospitalRow, noteReading } from '../../store/hospitals.ts'
import { ImportBuilder } from '../exchange/importBuilder.ts'
import { configuredHospitals, openPatient, openRecord } from './common.ts'

const DAY_MS = 86_400_000
const AGAIN_MS = 3_600_000
/** Read at once: a third of what a file of FHIR may have. */
const LARGEST_BATCH = 1_000_000

/** Reads the record at a hospital, by job. What is new waits as an import from there. */
export async function readHospital(context: Context, data: Readonly<Record<string, unknown>>): Promise<void> {
  const row = await findHospital(context.db, context.personId, String(data.system))
  if (row === undefined || row.status === 'expired') return
  const hospital = configuredHospitals(context).find((one) => one.system === row.system)
  const now = context.now()
  const failed = { readAt: null, importId: null, taken: 0 }
  try {
    if (hospital === undefined) throw new HospitalBroken('The system is no longer set up on this server')
    const { importId, taken } = await readAll(context, hospital, row)
    const outcome = { status: 'connected' as const, error: null, retryAfter: null, readAt: now, importId, taken }
    await noteReading(context.db, row.id, outcome, now)
  } catch (error) {
    if (error instanceof HospitalRefused) {
      const outcome = { ...failed, status: 'expired' as const, error: error.message, retryAfter: null }
      return noteReading(context.db, row.id, outcome, now)
    }
    const waitMs = error instanceof HospitalBusy ? error.seconds * 1000 : AGAIN_MS
    if (!(error instanceof HospitalBusy || error instanceof HospitalBroken || error instanceof PlatformError))
      throw error
    const retryAfter = new Date(now.getTime() + waitMs)
    await noteReading(
      context.db,
      row.id,
      { ...failed, status: 'error', error: error.message.slice(0, 300), retryAfter },
      now,
    )
  }
}

async function readAll(context: Context, hospital: Hospital, row: HospitalRow) {
  const record = await openRecord(context, hospital, row)
  const patient = await openPatient(context, row)
  const builder = await ImportBuilder.begin(
    context,
    `hospital:${row.id}:${context.now().toISOString()}`,
    `${hospital.label} (${new URL(hospital.baseUrl).hostname})`,
  )
  const person = JSON.stringify(await record.patient(patient))
  const skipped: Skipped[] = []
  let batch: string[] = []
  let size = 0
  for (const type of Object.keys(READ_TYPES)) {
    for await (const resources of record.pages(type, patient)) {
      // What names another person is no part of this record, whatever the search answered.
      const own = resources.filter((one) => isAbout(one, patient)).map((one) => JSON.stringify(one))
      if (own.length < resources.length) skipped.push({ where: type, why: 'It is about another patient' })
      for (const text of own) {
        if (size > 0 && size + text.length > LARGEST_BATCH) {
          await builder.add([person, ...batch])
          batch = []
          size = 0
        }
        batch.push(text)
        size += text.length
      }
    }
  }
  if (batch.length > 0) await builder.add([person, ...batch])
  return builder.finish(skipped.slice(0, MOST_SKIPPED))
}

function isAbout(resource: Readonly<Record<string, unknown>>, patient: string): boolean {
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
