import type { Language } from '../../../shared/languages.ts'
import { consentTexts } from '../texts/texts.ts'

/** A row of the audit as a sentence needs it. */
export interface AuditFacts {
  readonly accountId: string | null
  readonly personId: string | null
  readonly service: string
  readonly operation: string
  readonly action: string
  readonly outcome: 'allowed' | 'refused'
  readonly reason: string | null
  readonly purpose: string | null
}

/** Somebody of whom the person knows more than an id. */
export interface Known {
  readonly you: string
  readonly language: Language
  /** Account id to how it is called here: `your caregiver (Sister)`. */
  readonly others: ReadonlyMap<string, string>
  /** Service name and operation name to what the operation is for, in one line. */
  readonly summaries: ReadonlyMap<string, string>
}

export interface Sentence {
  readonly sentence: string
  readonly who: string
  readonly what: string
  readonly why: string
}

/** Who did what, why, and whether it was let happen, in words for the person. */
export function sentenceOf(row: AuditFacts, known: Known): Sentence {
  const t = consentTexts(known.language).audit
  const isOwn = row.accountId === known.you
  const who = whoOf(row, known)
  const what = whatOf(row, known)
  const why = row.reason === null ? '' : (t.grounds[row.reason] ?? row.reason.replaceAll('_', ' '))
  const purpose = row.purpose === null ? undefined : (t.purposes[row.purpose] ?? row.purpose.replaceAll('_', ' '))
  const deed = purpose === undefined ? what : t.forPurpose(what, purpose)
  const sentence =
    row.outcome === 'refused'
      ? why === ''
        ? t.refused(who, what)
        : t.refusedBecause(who, what, why)
      : why === '' || isOwn
        ? t.done(who, deed)
        : t.doneBecause(who, deed, why)
  return { sentence, who, what, why: why === '' ? (isOwn ? t.ownRecord : t.notNoted) : why }
}

function whoOf({ accountId, action }: AuditFacts, { you, others, language }: Known): string {
  const t = consentTexts(language).audit
  if (accountId === you) return t.you
  if (accountId !== null) return others.get(accountId) ?? t.account(accountId.slice(-6))
  // Somebody without an account is who they are by what they had in their hand.
  return action.startsWith('link_') ? t.withLink : action === 'emergency_card_opened' ? t.withCard : t.notSignedIn
}

function whatOf({ service, operation, action }: AuditFacts, { summaries, language }: Known): string {
  const t = consentTexts(language).audit
  const deed = t.deeds[action]
  if (deed !== undefined) return deed
  const where = t.services[service] ?? service.replaceAll('-', ' ')
  // The summaries of operations are written for developers, in English.
  const summary = language === 'en' ? summaries.get(`${service}.${operation}`) : undefined
  const whole = summary === undefined ? where : `${where} (${lowerFirst(summary)})`
  if (action === 'read') return t.read(whole)
  return action === 'write' ? t.write(whole) : t.other(action.replaceAll('_', ' '), whole)
}

const lowerFirst = (text: string) => text.slice(0, 1).toLowerCase() + text.slice(1)
