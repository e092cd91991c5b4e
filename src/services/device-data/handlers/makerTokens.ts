import { decryptedText, encryptedText } from '../../../kernel/encryption.ts'
import { PlatformError } from '../../../kernel/errors.ts'
import type { Context } from '../../../kernel/service.ts'
import type { Tokens } from '../providers/maker.ts'
import type { NewTokens } from '../store/connections.ts'

const ACCESS = 'device_data.connection.access_token'
const REFRESH = 'device_data.connection.refresh_token'

/** Tokens as they are kept: encrypted for the person and bound to the device. */
export async function sealTokens(context: Context, deviceId: string, tokens: Tokens): Promise<NewTokens> {
  const seconds = tokens.expiresInSeconds
  return {
    access: await encryptedText(context, ACCESS, tokens.accessToken, deviceId),
    refresh: await encryptedText(context, REFRESH, tokens.refreshToken ?? null, deviceId),
    expiresAt: seconds === undefined ? null : new Date(context.now().getTime() + seconds * 1000),
  }
}

/** Tokens as the maker gave them. */
export async function openTokens(
  context: Context,
  deviceId: string,
  sealed: { readonly access_token: Buffer | null; readonly refresh_token: Buffer | null },
): Promise<{ access: string; refresh: string | undefined }> {
  const access = await decryptedText(context, ACCESS, sealed.access_token, deviceId)
  const refresh = await decryptedText(context, REFRESH, sealed.refresh_token, deviceId)
  if (access === null) throw new PlatformError('conflict', 'This device has no connected account')
  return { access, refresh: refresh ?? undefined }
}
