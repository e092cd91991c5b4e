import type { InputOf } from '../../../kernel/contract.ts'
import { errorFields } from '../../../kernel/log.ts'
import type { Notice } from '../../../kernel/ports.ts'
import type { Context } from '../../../kernel/service.ts'
import { type Language, languageOf } from '../../../shared/languages.ts'
import type { auth } from '../contract.ts'
import { findContacts } from '../store/holder.ts'
import { type AuthTexts, authTexts } from '../texts/texts.ts'

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

/** The words of a message: its subject and its text, in plain text. */
export type Message = readonly [subject: string, text: string]

/**
 * Tells the owner of an account what happened to it, in the language of their profile: by e-mail, else by text message,
 * else not at all. Returns whether a message was handed over.
 */
export async function tellOwner(
  context: Context,
  userId: string,
  say: (t: AuthTexts['mails'], language: Language) => Message,
): Promise<boolean> {
  const contacts = await findContacts(context.system('the owner is told what happened to the account').db, userId)
  const { channels } = context.ports.notifications
  const email = contacts.find((one) => one.kind === 'email' && channels.email !== undefined)
  const phone = contacts.find((one) => one.kind === 'phone' && channels.sms !== undefined)
  const contact = email ?? phone
  if (contact === undefined) return false
  const language = await languageOfAccount(context, userId)
  const [subject, text] = say(authTexts(language).mails, language)
  const channel = email === undefined ? 'sms' : 'email'
  sendLater(context, { channel, to: contact.value, subject, text })
  return true
}

/** The language of the account's profile, else of the request, else English; asked of whichever service knows it. */
export async function languageOfAccount(context: Context, accountId: string): Promise<Language> {
  const contract = context.contracts.find((one) => one.provides.facts !== undefined)
  const operation = contract?.operations[contract.provides.facts ?? '']
  const facts = operation && context.call(operation, { person_id: accountId })
  const known = (await facts?.catch(() => undefined)) as { language?: string | null } | undefined
  return languageOf(known?.language ?? undefined) ?? context.caller.language ?? 'en'
}

/** The same for other services, which know no addresses; in English when it wasn't given in the owner's language. */
export async function tellHolder(context: Context, input: InputOf<Operations['tellHolder']>) {
  const { account_id, subject, text, translations } = input
  const say = (_t: unknown, language: Language): Message => {
    const own = translations?.find((one) => one.language === language)
    return [own?.subject ?? subject, own?.text ?? text]
  }
  return { told: await tellOwner(context, account_id, say) }
}
