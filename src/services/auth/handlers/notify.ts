import type { InputOf } from '../../../kernel/contract.ts'
import { errorFields } from '../../../kernel/log.ts'
import type { Notice } from '../../../kernel/ports.ts'
import type { Context } from '../../../kernel/service.ts'
import type { auth } from '../contract.ts'
import { findContacts } from '../store/holder.ts'

type Operations = typeof auth.operations

/**
 * Sends without making the caller wait: an answer that came later where somebody was written to would tell that the
 * account exists.
 */
export function sendLater(context: Context, notice: Notice): void {
  const { log } = context
  void context.ports.notifications.send(notice).catch((error: unknown) => {
    log.warn({ channel: notice.channel, ...errorFields(error) }, 'a message could not be sent')
  })
}

/**
 * Tells the owner of an account what happened to it: by e-mail, else by text message, else not at all. Returns whether a
 * message was handed over.
 */
export async function tellOwner(context: Context, userId: string, subject: string, text: string): Promise<boolean> {
  const contacts = await findContacts(context.system('the owner is told what happened to the account').db, userId)
  const { channels } = context.ports.notifications
  const email = contacts.find((one) => one.kind === 'email')
  const phone = contacts.find((one) => one.kind === 'phone')
  if (email !== undefined && channels.email !== undefined) {
    sendLater(context, { channel: 'email', to: email.value, subject, text })
    return true
  }
  if (phone === undefined || channels.sms === undefined) return false
  sendLater(context, { channel: 'sms', to: phone.value, subject, text })
  return true
}

/** The same for other services, which know no addresses. */
export async function tellHolder(context: Context, { account_id, subject, text }: InputOf<Operations['tellHolder']>) {
  return { told: await tellOwner(context, account_id, subject, text) }
}
