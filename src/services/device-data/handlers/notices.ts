import { createHash, randomBytes } from 'node:crypto'
import { PlatformError } from '../../../kernel/errors.ts'
import type { RawAnswer, RawRequest } from '../../../kernel/raw.ts'
import { type Context, type JobDefinition, type StreamHandler, settingsOf } from '../../../kernel/service.ts'
import { deviceSettings } from '../domain/settings.ts'
import { MakerBroken, MakerBusy, MakerRefused } from '../providers/maker.ts'
import { accountsIn, isFromFitbit, isFromOura, isSame } from '../providers/notices.ts'
import {
  connectionAtAddress,
  connectionsOfAccounts,
  findConnection,
  type NoticedConnection,
  saveNoticeAddress,
} from '../store/connections.ts'
import { findDevice } from '../store/devices.ts'
import { apiOf } from './makerAccess.ts'
import { bodyOf, jsonOf } from './rawBody.ts'
import { makerNamed, queueSync, requireMaker } from './syncs.ts'

const LARGEST_NOTICE_BYTES = 262_144
const JOB = 'ask-for-notices'
const NOTHING: RawAnswer = { status: 204, headers: { 'cache-control': 'no-store' }, body: '' }

/** What is not proven does not exist. */
const refused = () => new PlatformError('not_found', 'Nothing is here')

export const noticeRoutes: Readonly<Record<string, StreamHandler>> = {
  async proveNotices(context, { params, query }) {
    const { fitbitVerifyCode, ouraVerificationToken } = settingsOf(context, deviceSettings)
    if (
      params.provider === 'fitbit' &&
      fitbitVerifyCode !== undefined &&
      isSame(fitbitVerifyCode, query.verify ?? '')
    ) {
      return NOTHING
    }
    const isOura =
      params.provider === 'oura' &&
      ouraVerificationToken !== undefined &&
      isSame(ouraVerificationToken, query.verification_token ?? '')
    if (!isOura) throw refused()
    const headers = { 'content-type': 'application/json', 'cache-control': 'no-store' }
    return { headers, body: JSON.stringify({ challenge: (query.challenge ?? '').slice(0, 300) }) }
  },

  async takeNotices(context, request) {
    const provider = request.params.provider ?? ''
    const secret = makerNamed(context, provider)?.clientSecret
    const body = await bodyOf(request, LARGEST_NOTICE_BYTES)
    if (secret === undefined || !isSigned(provider, request, body, secret)) throw refused()
    const { db } = context.system('a signed notice names accounts at the maker')
    await syncAll(context, await connectionsOfAccounts(db, provider, accountsIn(provider, jsonOf(body))))
    return NOTHING
  },

  async proveNoticeAddress(context, request) {
    await noticedAt(context, request)
    return { ...NOTHING, status: 200 }
  },

  async takeNoticeAtAddress(context, request) {
    const found = await noticedAt(context, request)
    // What it says is not needed: the account is known by the address, and the maker is asked what is new.
    await bodyOf(request, LARGEST_NOTICE_BYTES)
    await syncAll(context, found)
    return { ...NOTHING, status: 200 }
  },
}

function isSigned(provider: string, { headers }: RawRequest, body: Buffer, secret: string): boolean {
  const text = (name: string) => String(headers[name] ?? '')
  if (provider === 'fitbit') return isFromFitbit(body, text('x-fitbit-signature'), secret)
  return provider === 'oura' && isFromOura(body, text('x-oura-timestamp'), text('x-oura-signature'), secret)
}

async function noticedAt(context: Context, { params }: RawRequest): Promise<NoticedConnection[]> {
  const { provider = '', address = '' } = params
  const { db } = context.system('the address that one maker was told names the account')
  const found = provider === 'withings' ? await connectionAtAddress(db, provider, digest(address)) : []
  if (found.length === 0) throw refused()
  return found
}

async function syncAll(context: Context, connections: readonly NoticedConnection[]): Promise<void> {
  for (const { user_id, device_id } of connections) {
    const owner = context.forPerson(user_id, 'their maker says that it has new data')
    const device = await findDevice(owner.db, device_id)
    if (device === undefined || !device.is_active) continue
    await queueSync(owner, device, undefined).catch((error: Error) =>
      context.log.warn({ device_id, reason: error.name }, 'a sync after a notice could not be queued'),
    )
  }
}

/** Queues the request for notices; scheduled syncs go on without them. */
export async function askForNotices(context: Context, deviceId: string): Promise<void> {
  await context.transact((transaction) =>
    transaction.enqueue(JOB, { device_id: deviceId }, { key: `notices/${deviceId}` }),
  )
}

export const noticeJob: JobDefinition = {
  name: JOB,
  summary: 'Asks the maker of a connected account to say when there is something new',
  async run(context, data) {
    const deviceId = String(data.device_id)
    const connection = await findConnection(context.db, deviceId)
    if (connection?.status !== 'connected') return
    const maker = requireMaker(context, connection.provider)
    if (maker.subscribe === undefined) return
    const address = randomBytes(24).toString('base64url')
    await saveNoticeAddress(context.db, deviceId, digest(address), context.now())
    const url = `${context.publicUrl}/api/v1/device-data/notices/${maker.name}/${address}`
    try {
      await maker.subscribe(await apiOf(context, maker, connection), { url, name: deviceId })
    } catch (error) {
      // Without notices the account is read when it is due.
      if (!(error instanceof MakerBroken || error instanceof MakerBusy || error instanceof MakerRefused)) throw error
      context.log.warn({ device_id: deviceId, reason: error.name }, 'the maker gives no notices')
    }
  },
}

function digest(address: string): Buffer {
  return createHash('sha256').update(address).digest()
}
