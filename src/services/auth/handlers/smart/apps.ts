import type { InputOf } from '../../../../kernel/contract.ts'
import { notFound, PlatformError } from '../../../../kernel/errors.ts'
import type { Context } from '../../../../kernel/service.ts'
import type { auth } from '../../contract.ts'
import { scopeWords } from '../../domain/apps.ts'
import { newSecret, secretHash } from '../../providers/secrets.ts'
import { sessionCacheOf } from '../../store/sessionCache.ts'
import { findClient } from '../../store/smart/clients.ts'
import { insertLaunch } from '../../store/smart/flow.ts'
import * as store from '../../store/smart/grants.ts'
import { assertPersonally } from '../guard.ts'
import { fhirBase } from './oauth.ts'
import { recordChoices } from './records.ts'

type Input<Name extends keyof typeof auth.operations> = InputOf<(typeof auth.operations)[Name]>

const LAUNCH_SECONDS = 300
const reason = 'clients belong to the platform, decisions to the record of the call'

export async function listApps(context: Context) {
  const { db } = context.system(reason)
  const rows = await store.listGrants(db, context.personId, context.now())
  return { apps: rows.map((row) => appView(context, row)) }
}

/** Ends all decisions for an app about the record, whoever made them; its tokens open nothing from the next request on. */
export async function revokeApp(context: Context, { client_id }: Input<'revokeApp'>) {
  assertPersonally(context)
  const { personId } = context
  const now = context.now()
  const ended = await context.system(reason).transact(async (transaction) => {
    const rows = await transaction.many<{ id: string; granted_by: string }>(
      store.endGrants(personId, { clientId: client_id }, now),
    )
    for (const { id } of rows) await transaction.run(store.closeRecord(id))
    return rows
  })
  if (ended.length === 0) throw notFound('App')
  for (const account of new Set(ended.map((one) => one.granted_by))) sessionCacheOf(context.ports).forget(account)
  context.audit({ action: 'app_revoked', reason: `app:${client_id}` })
  return { message: 'The access of the app was ended', ended: ended.length }
}

/** A backend service is let in as an account would be: for the health record, to read, until a day. */
export async function allowBackend(context: Context, { client_id, days }: Input<'allowBackend'>) {
  assertPersonally(context)
  const { db, transact } = context.system(reason)
  const client = await findClient(db, client_id)
  const serviceId = client?.service_id
  if (client === undefined || serviceId === null || serviceId === undefined) throw notFound('Backend service')
  const { personId, accountId } = context
  const now = context.now()
  const known = (await store.listGrants(db, personId, now)).some((one) => one.client_id === client_id)
  if (known) throw new PlatformError('conflict', 'It may read the record already; end that first')
  const grant = {
    id: context.newId(),
    personId,
    grantedBy: accountId,
    clientId: client_id,
    scopes: client.scopes,
    patient: null,
    context: {},
    sessionId: null,
    expiresAt: new Date(now.getTime() + days * 86_400_000),
  }
  await transact(async (transaction) => {
    await transaction.run(store.insertGrant(grant, now))
    await transaction.run(store.openRecord(grant, serviceId))
  })
  context.audit({ action: 'app_allowed', grantId: grant.id, reason: `app:${client_id}` })
  const row = (await store.listGrants(db, personId, now)).find((one) => one.id === grant.id)
  if (row === undefined) throw new Error('a decision that was just written is not there')
  return appView(context, row)
}

/** What is in context where an app is opened from. The person still decides what the app may do. */
export async function launchApp(context: Context, input: Input<'launchApp'>) {
  assertPersonally(context)
  const { db } = context.system(reason)
  const client = await findClient(db, input.client_id)
  if (client === undefined || client.service_id !== null) throw notFound('App')
  const { accountId } = context
  const personId = input.person_id ?? accountId
  const choices = (await recordChoices(context, accountId)).filter((one) => one.personId === personId)
  const chosen = input.patient === undefined ? choices[0] : choices.find((one) => one.patient === input.patient)
  if (chosen === undefined) throw notFound('Patient')
  const launch = newSecret()
  await db.run(
    insertLaunch({
      hash: secretHash(launch),
      accountId,
      personId,
      clientId: client.id,
      patient: chosen.patient,
      context: {
        ...(input.encounter === undefined ? {} : { encounter: input.encounter }),
        ...(input.fhir_context === undefined ? {} : { fhirContext: input.fhir_context }),
        ...(input.need_patient_banner === undefined ? {} : { need_patient_banner: input.need_patient_banner }),
      },
      expiresAt: new Date(context.now().getTime() + LAUNCH_SECONDS * 1000),
    }),
  )
  return { launch, iss: fhirBase(context), expires_in: LAUNCH_SECONDS }
}

function appView(context: Context, row: store.GrantRow) {
  return {
    id: row.id,
    client_id: row.client_id,
    name: row.name,
    publisher: row.publisher,
    homepage: row.homepage,
    is_backend: row.is_backend,
    scopes: row.scopes,
    can: [
      ...new Set(
        row.scopes.filter((one) => !one.startsWith('launch')).map((one) => scopeWords(one, context.caller.language)),
      ),
    ],
    allowed_by_me: row.granted_by === context.accountId,
    allowed_at: row.created_at.toISOString(),
    ends_at: row.expires_at.toISOString(),
    last_used_at: row.last_used_at?.toISOString() ?? null,
  }
}
