import { decryptedText } from '../../../../kernel/encryption.ts'
import { notFound } from '../../../../kernel/errors.ts'
import { stringify } from '../../domain/json.ts'
import { findSubscription } from '../../store/subscriptions.ts'
import type { Answer } from '../answers.ts'
import type { Call } from '../call.ts'
import { SECRET } from './admission.ts'

/** `Subscription/id/$secret`: what its notifications are signed with, for whoever made it. Throws 404. */
export async function readSecret(call: Call, id: string): Promise<Answer> {
  const row = await findSubscription(call.db, call.personId, id)
  if (
    row === undefined ||
    row.channel !== 'rest-hook' ||
    row.requester !== call.context.accountId ||
    call.app !== undefined
  )
    throw notFound('A Subscription')
  const secret = await decryptedText(call.context, SECRET, row.secret, row.id)
  call.context.audit({ action: 'fhir_subscription_secret' })
  const body = stringify({ resourceType: 'Parameters', parameter: [{ name: 'secret', valueString: secret }] })
  return { status: 200, body }
}
