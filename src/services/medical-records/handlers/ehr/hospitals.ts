import { notFound } from '../../../../kernel/errors.ts'
import type { Context, Handlers } from '../../../../kernel/service.ts'
import { HOSPITAL_RESOURCES } from '../../contract/ehr.ts'
import type { medicalRecords } from '../../contract.ts'
import { EHR_LABELS } from '../../domain/ehrSettings.ts'
import { HOSPITAL_KINDS } from '../../domain/hospitalKinds.ts'
import { HospitalBroken, HospitalBusy, HospitalRefused } from '../../providers/ehr/hospital.ts'
import { send } from '../../providers/ehr/http.ts'
import { discover, revoke } from '../../providers/ehr/smart.ts'
import { findHospital, forgetHospital, type HospitalRow, hospitalsOfPerson } from '../../store/hospitals.ts'
import {
  asked,
  configuredHospitals,
  NONE_CONFIGURED,
  openPatient,
  openRecord,
  openTokens,
  requireHospital,
} from './common.ts'

type EhrHandlers = Pick<
  Handlers<typeof medicalRecords>,
  | 'hospitalConfig'
  | 'hospitalMetadata'
  | 'hospitalRecords'
  | 'listIntegrations'
  | 'getIntegration'
  | 'readIntegration'
  | 'removeIntegration'
>

export const ehrHandlers: EhrHandlers = {
  async hospitalConfig(context) {
    const systems = configuredHospitals(context).map(({ system, label, baseUrl }) => ({
      system,
      name: label,
      base_url: baseUrl,
    }))
    const message =
      systems.length === 0 ? NONE_CONFIGURED : 'Records can be read from the hospitals’ systems that are named.'
    return { configured: systems.length > 0, message, systems }
  },

  async hospitalMetadata(context, { system }) {
    const hospital = requireHospital(context, system)
    const headers = { accept: 'application/fhir+json' }
    const { status, body } = await asked(() => send(`${hospital.baseUrl}/metadata`, { headers }, hospital.timeoutMs))
    if (status !== 200 || body?.resourceType !== 'CapabilityStatement') {
      return asked(() => Promise.reject(new HospitalBroken('The hospital’s server says nothing of itself')))
    }
    return body
  },

  async hospitalRecords(context, { resource, system }) {
    const hospital = requireHospital(context, system)
    const row = await findHospital(context.db, context.personId, hospital.system)
    const type = HOSPITAL_RESOURCES[resource]
    const items = await asked(async () => {
      if (row === undefined) throw new HospitalRefused()
      const record = await openRecord(context, hospital, row)
      const patient = await openPatient(context, row)
      if (type === 'Patient') return [await record.patient(patient)]
      return [...(await record.firstPage(type, patient))]
    })
    return { resource: type, items, total: items.length }
  },

  async listIntegrations(context) {
    const items = (await hospitalsOfPerson(context.db, context.personId)).map(viewOf)
    return { items, total: items.length, page: 1, size: 20, pages: items.length === 0 ? 0 : 1 }
  },

  getIntegration: async (context, { system }) => viewOf(await existing(context, system)),

  async readIntegration(context, { system, all = false }) {
    const row = await existing(context, system)
    requireHospital(context, row.system)
    if (row.status === 'expired') await asked(() => Promise.reject(new HospitalRefused()))
    await context.transact((transaction) =>
      transaction.enqueue('read-hospital', { system: row.system, all }, { key: `hospital/${row.id}` }),
    )
    return viewOf(row)
  },

  async removeIntegration(context, { system }) {
    const row = await existing(context, system)
    const isRevoked = await revoked(context, row)
    const forgotten = await context.transact((transaction) => forgetHospital(transaction, row.id))
    return { system: row.system, status: 'disconnected', forgotten, revoked_at_hospital: isRevoked }
  },
}

/** Ends the right at the hospital; that its server is away keeps nobody connected here. */
async function revoked(context: Context, row: HospitalRow): Promise<boolean> {
  const hospital = configuredHospitals(context).find((one) => one.system === row.system && one.baseUrl === row.base_url)
  if (hospital === undefined) return false
  try {
    const { access, refresh } = await openTokens(context, row)
    return await revoke(hospital, (await discover(hospital)).revoke, refresh ?? access)
  } catch (error) {
    if (error instanceof HospitalBroken || error instanceof HospitalBusy) return false
    throw error
  }
}

async function existing(context: Context, system: string): Promise<HospitalRow> {
  const row = await findHospital(context.db, context.personId, system)
  if (row === undefined) throw notFound('Connection')
  return row
}

function viewOf(row: HospitalRow) {
  return {
    system: row.system,
    name: EHR_LABELS[row.system],
    status: row.status,
    base_url: row.base_url,
    scopes: row.scopes,
    last_sync_at: row.last_read_at?.toISOString() ?? null,
    last_tried_at: row.last_tried_at?.toISOString() ?? null,
    last_error: row.last_error,
    error_code: row.error_code,
    retry_after: row.retry_after?.toISOString() ?? null,
    last_import_id: row.last_import_id,
    new_values: row.taken,
    waiting: row.waiting,
    kinds: HOSPITAL_KINDS.flatMap(({ name: kind }) => {
      const read = row.report[kind]
      return read === undefined ? [] : [{ kind, outcome: read.outcome, count: read.count, why: read.why }]
    }),
    created_at: row.created_at.toISOString(),
  }
}
