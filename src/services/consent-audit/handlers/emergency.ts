import type { InputOf } from '../../../kernel/contract.ts'
import { fieldError, notFound } from '../../../kernel/errors.ts'
import { errorFields } from '../../../kernel/log.ts'
import type { Context } from '../../../kernel/service.ts'
import { LANGUAGES, type Language } from '../../../shared/languages.ts'
import { auth } from '../../auth/contract.ts'
import { consentAudit } from '../contract.ts'
import { SHAREABLE } from '../domain/matrix.ts'
import * as store from '../store/emergency.ts'
import { consentTexts } from '../texts/texts.ts'
import { emergencyView } from './views.ts'

type Operations = typeof consentAudit.operations
type Transaction = Parameters<Parameters<Context['transact']>[0]>[0]

const HOUR_MS = 3_600_000

export const emergencyHandlers = {
  breakGlass,
  listBreakGlass,
  endBreakGlass,
  listEmergencyAccess,
  endEmergencyAccess,
}

/** Opens at once whoever is named; whether there is such a person is not told. */
async function breakGlass(context: Context, { patient_id, reason }: InputOf<Operations['breakGlass']>) {
  const { accountId } = context
  if (patient_id === accountId) throw fieldError('patient_id', 'is your own record')
  const now = context.now()
  const access = {
    id: context.newId(),
    user_id: patient_id,
    clinician: accountId,
    reason,
    categories: [...SHAREABLE],
    opened_at: now,
    ends_at: new Date(now.getTime() + HOUR_MS),
  }
  const system = context.system('an emergency: the clinician is not yet let into this record')
  const row = await system.transact(async (transaction) => {
    const opened = await store.openEmergency(transaction, access)
    await announce(transaction, opened, 'read')
    await transaction.publish(consentAudit.events.emergencyAccessOpened, {
      user_id: patient_id,
      access_id: opened.id,
      opened_at: opened.opened_at.toISOString(),
      ends_at: opened.ends_at.toISOString(),
    })
    return opened
  })
  context.audit({ action: 'emergency_override', reason: 'emergency', grantId: row.id, personId: patient_id })
  await tell(context, patient_id, row.ends_at)
  return emergencyView(row, now)
}

/** Tells the person, and whoever keeps their record. That nobody could be told is no reason to keep the record closed. */
async function tell(context: Context, personId: string, endsAt: Date): Promise<void> {
  const guardians = await store.guardiansOf(
    context.system('whom to tell about a person without an account').db,
    personId,
  )
  const link = `${context.publicUrl}/api/v1/sharing/emergency-access`
  const say = (language: Language) => {
    const { mails } = consentTexts(language)
    return { language, subject: mails.emergency, text: mails.emergencyText(endsAt.toISOString(), link) }
  }
  const { subject, text } = say('en')
  const translations = LANGUAGES.filter((one) => one !== 'en').map(say)
  for (const account_id of [personId, ...guardians]) {
    await context
      .call(auth.operations.tellHolder, { account_id, subject, text, translations })
      .catch((error: unknown) => context.log.warn(errorFields(error), 'the owner of a record could not be told'))
  }
}

async function announce(transaction: Transaction, row: store.EmergencyRow, access: 'read' | 'none') {
  if (row.clinician === null) return
  await transaction.publish(consentAudit.events.accessChanged, {
    user_id: row.user_id,
    account_id: row.clinician,
    source: 'break-glass',
    source_id: row.id,
    categories: row.categories,
    access,
  })
}

async function listBreakGlass(context: Context, { limit = 100 }: { limit?: number }) {
  const now = context.now()
  const { db } = context.system('a clinician reads what they opened themselves')
  const rows = await store.emergenciesBy(db, context.accountId, limit)
  return { items: rows.map((row) => emergencyView(row, now)) }
}

async function endBreakGlass(context: Context, { id }: { id: string }) {
  const now = context.now()
  const system = context.system('a clinician closes what they opened themselves')
  const row = await system.transact(async (transaction) => {
    const ended = await store.endEmergency(transaction, id, { clinician: context.accountId }, now)
    if (ended !== undefined) await announce(transaction, ended, 'none')
    return ended
  })
  if (row === undefined) throw notFound('Emergency access')
  context.audit({ action: 'emergency_closed', grantId: row.id, personId: row.user_id })
  return emergencyView(row, now)
}

const ownerView = (row: store.EmergencyRow, now: Date) => ({
  ...emergencyView(row, now),
  clinician_account_id: row.clinician,
})

async function listEmergencyAccess(context: Context, { limit = 100 }: { limit?: number }) {
  const now = context.now()
  const rows = await store.emergenciesAbout(context.db, context.personId, limit)
  return { items: rows.map((row) => ownerView(row, now)) }
}

async function endEmergencyAccess(context: Context, { id }: { id: string }) {
  const now = context.now()
  const row = await context.transact(async (transaction) => {
    const ended = await store.endEmergency(transaction, id, { userId: context.personId }, now)
    if (ended !== undefined) await announce(transaction, ended, 'none')
    return ended
  })
  if (row === undefined) throw notFound('Emergency access')
  context.audit({ action: 'emergency_closed', grantId: row.id })
  return ownerView(row, now)
}
