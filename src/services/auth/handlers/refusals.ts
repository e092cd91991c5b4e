import { PlatformError } from '../../../kernel/errors.ts'

/** One answer for all that is not a credential of ours (any more). */
export function invalid(): PlatformError {
  return new PlatformError('invalid_token', 'The credential is not valid (any more)')
}

/** The same for an unknown account and a wrong secret. */
export function wrongCredentials(): PlatformError {
  return new PlatformError('wrong_credentials', 'The account, password or code is not right')
}

/** For links of mails and consoles. */
export function deadLink(): PlatformError {
  return new PlatformError('bad_request', 'This link was used, or is too old; ask for a new one')
}
