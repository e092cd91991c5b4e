import { PlatformError } from '../../kernel/errors.ts'
import type { Notice } from '../../kernel/ports.ts'
import type { Deliver } from './port.ts'

const WORDS: Readonly<Record<Notice['channel'], string>> = {
  email: 'E-mail is not set up on this platform',
  sms: 'Text messages are not set up on this platform',
}

/** A channel that is off: every message is refused with a sentence that names the variables to set. */
export function offChannel(channel: Notice['channel'], variables: string): Deliver {
  return async () => {
    throw new PlatformError('unavailable', `${WORDS[channel]}; its operator can set ${variables}`)
  }
}
