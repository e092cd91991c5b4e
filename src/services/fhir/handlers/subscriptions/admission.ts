import { randomBytes } from 'node:crypto'
import type { Transaction } from '../../../../kernel/database.ts'
import { decryptedText, encryptedText } from '../../../../kernel/encryption.ts'
import { PlatformError } from '../../../../kernel/errors.ts'
import { settingsOf } from '../../../../kernel/service.ts'
import type { Resource } from '../../domain/json.ts'
import { refused } from '../../domain/refused.ts'
import { fhirSettings } from '../../domain/settings.ts'
import { asStored, HIDDEN, headerName, headerValue, readWatch, type Watch } from '../../domain/subscription.ts'
import { endpointFault } from '../../providers/outward.ts'
import {
  countSubscriptions,
  dropSubscriptions,
  findSubscription,
  keepSubscription,
  type SubscriptionRow,
} from '../../store/subscriptions.ts'
import type { Call } from '../call.ts'

export const HEADERS = 'fhir.subscription.headers'
export const SECRET = 'fhir.subscription.secret'
const MOST_SUBSCRIPTIONS = 50
const SECRET_BYTES = 32

/**
 * Looks at a Subscription that is being written, keeps what it asks for and has its endpoint asked; takes out of the
 * resource what nobody is to read again. Throws 422 for one that can't be served. Other types pass.
 */
export async function admitSubscription(
  call: Call,
  transaction: Transaction,
  resource: Resource,
  id: string,
): Promise<void> {
  if (resource.resourceType !== 'Subscription') return
  if (call.app !== undefined) throw new PlatformError('insufficient_scope', 'People subscribe, apps do not')
  const { context, personId } = call
  const watch = readWatch(resource, call.engines.reader)
  const { takesPrivateEndpoints } = settingsOf(context, fhirSettings)
  const fault = watch.channel === 'websocket' ? undefined : endpointFault(watch.endpoint, takesPrivateEndpoints)
  if (fault !== undefined) throw refused('validation_failed', `Subscription: channel.endpoint ${fault}`)
  if (!watch.isOff && (await countSubscriptions(transaction, personId, id)) >= MOST_SUBSCRIPTIONS)
    throw refused('validation_failed', `A record has at most ${MOST_SUBSCRIPTIONS} subscriptions`)
  const before = await findSubscription(transaction, personId, id)
  const headers = await headersOf(call, watch, before)
  asStored(resource, watch)
  const newSecret = () => `whsec_${randomBytes(SECRET_BYTES).toString('base64')}`
  await keepSubscription(transaction, {
    user_id: personId,
    id,
    requester: context.accountId,
    type: watch.type,
    channel: watch.channel,
    query: watch.query,
    endpoint: watch.endpoint,
    payload: watch.payload,
    headers: headers.length === 0 ? null : await encryptedText(context, HEADERS, JSON.stringify(headers), id),
    secret: before?.secret ?? ((await encryptedText(context, SECRET, newSecret(), id)) as Buffer),
    state: watch.isOff ? 'off' : 'requested',
    ends_at: watch.end === undefined ? null : new Date(watch.end),
  })
  if (!watch.isOff) await transaction.enqueue('open-subscription', { subscription: id })
}

/** The headers with their values: those that were hidden when they were read are what they were. */
async function headersOf(call: Call, watch: Watch, before: SubscriptionRow | undefined): Promise<string[]> {
  if (!watch.headers.some((header) => headerValue(header) === HIDDEN)) return [...watch.headers]
  const text = await decryptedText(call.context, HEADERS, before?.headers ?? null, before?.id)
  const kept = new Map((JSON.parse(text ?? '[]') as string[]).map((header) => [headerName(header), header]))
  return watch.headers.map((header) => {
    if (headerValue(header) !== HIDDEN) return header
    const known = kept.get(headerName(header))
    if (known === undefined)
      throw refused('validation_failed', `Subscription: channel.header ${headerName(header)} has no value`)
    return known
  })
}

/** Forgets a Subscription that is being deleted. */
export async function forgetSubscription(call: Call, transaction: Transaction, type: string, id: string) {
  if (type === 'Subscription') await dropSubscriptions(transaction, call.personId, [id])
}
