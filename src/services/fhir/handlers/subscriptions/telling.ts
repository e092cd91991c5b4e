import { createHmac } from 'node:crypto'
import { decryptedText } from '../../../../kernel/encryption.ts'
import { type Context, settingsOf } from '../../../../kernel/service.ts'
import { type JsonObject, parseJson, type Resource, stringify } from '../../domain/json.ts'
import { fhirSettings } from '../../domain/settings.ts'
import { headerName, headerValue } from '../../domain/subscription.ts'
import { OutwardError, sendOut } from '../../providers/outward.ts'
import { findResource, findVersion, lockResources, writeVersions } from '../../store/resources.ts'
import {
  endNotification,
  findNotification,
  findSubscription,
  forgetEnded,
  noteAttempt,
  noteFailure,
  type SubscriptionRow,
  setState,
} from '../../store/subscriptions.ts'
import { readerOf } from '../bulk/shared.ts'
import { engines } from '../engines.ts'
import { filled } from '../projection/filling.ts'
import { ensureIndexed } from '../projection/indexing.ts'
import { HEADERS, SECRET } from './admission.ts'
import { pingListeners } from './listening.ts'

/** Seconds until the next try, by how many failed. The last failure is the end. */
const WAITS_SECONDS = [5, 30, 120, 600, 1800, 7200, 21_600]
const HANDSHAKE_TRIES = 3
const KEPT_MS = 30 * 24 * 60 * 60 * 1000

interface Message {
  readonly id: string
  readonly method: 'POST' | 'PUT'
  readonly path: string
  readonly body: string
}

/** Signs and sends as Standard Webhooks says: id, time and body under the secret of the subscription. */
async function send(context: Context, row: SubscriptionRow, { id, method, path, body }: Message): Promise<void> {
  const secret = (await decryptedText(context, SECRET, row.secret, row.id)) as string
  const given = JSON.parse((await decryptedText(context, HEADERS, row.headers, row.id)) ?? '[]') as string[]
  const key = Buffer.from(secret.slice('whsec_'.length), 'base64')
  const at = Math.floor(context.now().getTime() / 1000)
  const signature = createHmac('sha256', key).update(`${id}.${at}.${body}`).digest('base64')
  const headers = {
    ...Object.fromEntries(given.map((header) => [headerName(header), headerValue(header)])),
    ...(body === '' ? {} : { 'content-type': row.payload }),
    'webhook-id': id,
    'webhook-timestamp': String(at),
    'webhook-signature': `v1,${signature}`,
  }
  const { takesPrivateEndpoints } = settingsOf(context, fhirSettings)
  await sendOut({ url: `${row.endpoint}${path}`, method, headers, body }, takesPrivateEndpoints)
}

/** Asks the endpoint of a new subscription, by job: one that answers is told from now on. */
export async function openSubscription(context: Context, id: string): Promise<void> {
  const row = await findSubscription(context.db, context.personId, id)
  if (row?.state !== 'requested') return
  try {
    // Whoever opens a WebSocket proves by that alone that they listen.
    if (row.channel === 'rest-hook')
      await send(context, row, { id: context.newId(), method: 'POST', path: '', body: '' })
  } catch (error) {
    if (!(error instanceof OutwardError)) throw error
    await noteAttempt(context.db, context.personId, id)
    if (row.attempts + 1 >= HANDSHAKE_TRIES) return close(context, id, error.message)
    const runAt = new Date(context.now().getTime() + (WAITS_SECONDS[row.attempts] ?? 0) * 1000)
    await context.transact((transaction) => transaction.enqueue('open-subscription', { subscription: id }, { runAt }))
    return
  }
  // Changes at other services are told from now on: what they hold is known from here.
  await ensureIndexed(context)
  await moveState(context, id, 'active')
}

const close = (context: Context, id: string, error: string) => moveState(context, id, 'error', error)

/** Changes the state of a subscription, and with it the resource that shows it. */
async function moveState(context: Context, id: string, to: 'active' | 'error', error?: string): Promise<void> {
  const { personId } = context
  const now = context.now()
  await context.transact(async (transaction) => {
    const from = to === 'active' ? (['requested'] as const) : (['requested', 'active'] as const)
    if (!(await setState(transaction, personId, id, { from, to }))) return
    const [state] = await lockResources(transaction, personId, [{ type: 'Subscription', id }])
    if (state === undefined || state.is_deleted) return
    const version = state.version + 1
    const resource = parseJson(state.content) as Resource
    resource.status = to
    if (error !== undefined) resource.error = error
    resource.meta = { ...(resource.meta as JsonObject), versionId: String(version), lastUpdated: now.toISOString() }
    const content = stringify(resource)
    const values = engines().extractor.extract(resource)
    const written = { type: 'Subscription', id, version, method: 'PUT' as const, content, values }
    await writeVersions(transaction, personId, [written], now)
  })
}

/** Tells one finding, by job; again later when the endpoint does not take it, until it is given up. */
export async function notify(context: Context, id: string): Promise<void> {
  const { db, personId } = context
  const notification = await findNotification(db, personId, id)
  if (notification?.state !== 'waiting') return
  const row = await findSubscription(db, personId, notification.subscription)
  const content = row === undefined ? undefined : await contentFor(context, row, notification)
  if (row?.state !== 'active' || content === undefined) return endNotification(db, id, 'dropped', context.now())
  if (row.channel === 'websocket') {
    const told = await pingListeners(personId, row.id)
    return endNotification(db, id, told > 0 ? 'sent' : 'dropped', context.now())
  }
  const hasPayload = row.payload !== ''
  const path = hasPayload ? `/${notification.type}/${notification.resource_id}` : ''
  try {
    await send(context, row, { id, method: hasPayload ? 'PUT' : 'POST', path, body: hasPayload ? content : '' })
    await endNotification(db, id, 'sent', context.now())
  } catch (error) {
    if (!(error instanceof OutwardError)) throw error
    await noteFailure(db, id, error.message)
    const wait = WAITS_SECONDS[notification.attempts]
    if (wait === undefined) {
      await endNotification(db, id, 'dead', context.now())
      return close(context, row.id, error.message)
    }
    const runAt = new Date(context.now().getTime() + wait * 1000)
    await context.transact((transaction) => transaction.enqueue('notify', { notification: id }, { runAt }))
  }
}

/**
 * The version to tell about, if whoever asked may see the resource at this moment and it is still there. A right that
 * ended, or a resource that went, tells nobody anything more.
 */
async function contentFor(
  context: Context,
  row: SubscriptionRow,
  { type, resource_id: id, version }: { readonly type: string; readonly resource_id: string; readonly version: number },
): Promise<string | undefined> {
  const isOver = row.ends_at !== null && row.ends_at <= context.now()
  if (isOver) return undefined
  const reader = readerOf(context, row)
  const { db } = reader
  const current = await findResource(db, row.user_id, type, id)
  if (current === undefined || current.is_deleted) return undefined
  // What another service holds is told as it says it now, to whoever may see it there.
  if (current.content === '') return (await filled(reader, [current]))[0]?.content
  return (await findVersion(db, row.user_id, { type, id }, version))?.content
}

/** Removes what was told or given up a month ago, of all people. */
export async function forgetNotifications(context: Context): Promise<void> {
  const { db } = context.system('notifications of all people that are over')
  await forgetEnded(db, new Date(context.now().getTime() - KEPT_MS))
}
