import { type Context, settingsOf } from '../../../kernel/service.ts'
import { deviceSettings } from '../domain/settings.ts'
import { makerApi, refreshTokens } from '../providers/http.ts'
import { type Maker, type MakerApi, MakerRefused } from '../providers/maker.ts'
import { type ConnectionRow, saveTokens } from '../store/connections.ts'
import { openTokens, sealTokens } from './makerTokens.ts'

/** A token that ends within this is renewed before it is used. */
const RENEW_MS = 60_000

export async function apiOf(context: Context, maker: Maker, connection: ConnectionRow): Promise<MakerApi> {
  const timeoutMs = settingsOf(context, deviceSettings).makerTimeoutSeconds * 1000
  const tokens = await openTokens(context, connection.device_id, connection)
  let refresh = tokens.refresh
  const renew = async () => {
    if (refresh === undefined) throw new MakerRefused()
    const fresh = await refreshTokens(maker, refresh, timeoutMs)
    // A maker that gives no new refresh token lets the old one stand.
    refresh = fresh.refreshToken ?? refresh
    const sealed = await sealTokens(context, connection.device_id, { ...fresh, refreshToken: refresh })
    await saveTokens(context.db, connection.device_id, sealed, context.now())
    return fresh.accessToken
  }
  const ends = connection.token_expires_at
  const isEnding = ends !== null && ends.getTime() <= context.now().getTime() + RENEW_MS
  return makerApi(maker, { current: isEnding ? await renew() : tokens.access, renew }, timeoutMs)
}
