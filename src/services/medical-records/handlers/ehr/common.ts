import { decryptedText, encryptedText } from '../../../../kernel/encryption.ts'
import { PlatformError } from '../../../../kernel/errors.ts'
import { type Context, settingsOf } from '../../../../kernel/service.ts'
import type { EhrSystem } from '../../contract/ehr.ts'
import { EHR_LABELS, ehrSettings } from '../../domain/ehrSettings.ts'
import {
  type Hospital,
  HospitalBroken,
  HospitalBusy,
  HospitalNotOpen,
  HospitalRefused,
  hospitalsOf,
} from '../../providers/ehr/hospital.ts'
import { HospitalRecord } from '../../providers/ehr/records.ts'
import { discover, type HospitalTokens, refreshTokens } from '../../providers/ehr/smart.ts'
import { type HospitalRow, type SealedTokens, saveHospitalTokens } from '../../store/hospitals.ts'

const ACCESS = 'medical_records.hospital.access_token'
const REFRESH = 'medical_records.hospital.refresh_token'
const PATIENT = 'medical_records.hospital.patient'
/** A token that ends within this is renewed before it is used. */
const RENEW_MS = 60_000

export const NONE_CONFIGURED =
  'No hospital’s system is set up on this server. Files from there can be added: PDF, C-CDA, HL7 v2, FHIR.'

export function configuredHospitals(context: Context): Hospital[] {
  return hospitalsOf(settingsOf(context, ehrSettings))
}

/** The system as the operator set it up. Throws `unavailable` for one that is not. */
export function requireHospital(context: Context, system: EhrSystem | undefined): Hospital {
  const all = configuredHospitals(context)
  const found =
    system === undefined
      ? (all.find((one) => one.system === 'epic') ?? all[0])
      : all.find((one) => one.system === system)
  if (found !== undefined) return found
  const message = all.length === 0 ? NONE_CONFIGURED : `${EHR_LABELS[system ?? 'epic']} is not set up on this server.`
  throw new PlatformError('unavailable', message, {
    legacyCode: 'EXTERNAL_SERVICE_UNAVAILABLE',
    extra: { hospital_fault: 'not_set_up' },
  })
}

/** Tokens as they are kept: encrypted for the person and bound to the connection. */
export async function sealTokens(context: Context, id: string, tokens: HospitalTokens): Promise<SealedTokens> {
  const seconds = tokens.expiresInSeconds
  return {
    access: (await encryptedText(context, ACCESS, tokens.access, id)) as Buffer,
    refresh: await encryptedText(context, REFRESH, tokens.refresh ?? null, id),
    expiresAt: seconds === undefined ? null : new Date(context.now().getTime() + seconds * 1000),
  }
}

export async function sealPatient(context: Context, id: string, patient: string): Promise<Buffer> {
  return (await encryptedText(context, PATIENT, patient, id)) as Buffer
}

export async function openPatient(context: Context, row: HospitalRow): Promise<string> {
  return (await decryptedText(context, PATIENT, row.patient, row.id)) as string
}

export async function openTokens(
  context: Context,
  row: HospitalRow,
): Promise<{ access: string; refresh: string | undefined }> {
  const access = (await decryptedText(context, ACCESS, row.access_token, row.id)) as string
  return { access, refresh: (await decryptedText(context, REFRESH, row.refresh_token, row.id)) ?? undefined }
}

/** The record at the hospital; a token that ends is renewed, and the new one kept. */
export async function openRecord(context: Context, hospital: Hospital, row: HospitalRow): Promise<HospitalRecord> {
  // Tokens of another server are of no use, and none of its business.
  if (row.base_url !== hospital.baseUrl) throw new HospitalRefused()
  const tokens = await openTokens(context, row)
  let { refresh } = tokens
  const renew = async () => {
    if (refresh === undefined) throw new HospitalRefused()
    const fresh = await refreshTokens(hospital, (await discover(hospital)).token, refresh)
    // A server that gives no new refresh token lets the old one stand.
    refresh = fresh.refresh ?? refresh
    await saveHospitalTokens(
      context.db,
      row.id,
      await sealTokens(context, row.id, { ...fresh, refresh }),
      context.now(),
    )
    return fresh.access
  }
  const ends = row.token_expires_at
  const isEnding = ends !== null && ends.getTime() <= context.now().getTime() + RENEW_MS
  return new HospitalRecord(hospital, isEnding && refresh !== undefined ? await renew() : tokens.access, renew)
}

/** What a hospital's failure is for whoever waits for an answer; other errors as they are. */
export function asAnswer(error: unknown): unknown {
  if (error instanceof HospitalRefused) {
    return new PlatformError('conflict', 'The hospital gives no access any more: connect again', {
      extra: { hospital_fault: error.code },
    })
  }
  if (error instanceof HospitalBusy) {
    return new PlatformError('unavailable', 'The hospital’s server is busy; ask again later', {
      retryAfterSeconds: error.seconds,
      extra: { hospital_fault: error.code },
    })
  }
  if (error instanceof HospitalBroken) {
    return new PlatformError('bad_upstream', error.message, { extra: { hospital_fault: error.code } })
  }
  return error instanceof HospitalNotOpen ? new PlatformError('bad_upstream', error.message) : error
}

/** Runs what asks a hospital for somebody who waits. */
export async function asked<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work()
  } catch (error) {
    throw asAnswer(error)
  }
}
