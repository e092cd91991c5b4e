import { fieldError } from '../../kernel/errors.ts'

// One bare address: nothing that a header, an address list or an SMTP command could read as more than that.
const MAIL_ADDRESS = /^[^\s\p{Cc}@<>()[\],;:"\\]+@[^\s\p{Cc}@<>()[\],;:"\\]+$/u
const LONGEST_MAIL_ADDRESS = 254
const E164 = /^\+[1-9]\d{6,14}$/

/** Whether the text is one bare e-mail address. */
export function isMailAddress(text: string): boolean {
  return text.length <= LONGEST_MAIL_ADDRESS && MAIL_ADDRESS.test(text)
}

/** The address, when it is one. Throws 422 without repeating it. */
export function mailAddress(to: string): string {
  if (!isMailAddress(to)) throw fieldError('to', 'is not an e-mail address')
  return to
}

/** The phone number, when it is one. Throws 422 without repeating it. */
export function phoneNumber(to: string): string {
  if (!E164.test(to)) throw fieldError('to', 'is not a phone number with + and its country code, like +442079460000')
  return to
}

/** The text on one line: line breaks and other control characters become spaces. */
export function oneLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ').trim()
}
