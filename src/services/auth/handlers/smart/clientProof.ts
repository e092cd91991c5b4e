import { timingSafeEqual } from 'node:crypto'
import type { RawRequest } from '../../../../kernel/raw.ts'
import type { Context } from '../../../../kernel/service.ts'
import { claimedClient, verifyAssertion } from '../../providers/clientKeys.ts'
import { secretHash } from '../../providers/secrets.ts'
import { type ClientRow, findClient, takeAssertion } from '../../store/smart/clients.ts'
import { OAuthError, tokenAddress } from './oauth.ts'

const JWT_BEARER = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
const NOBODY = Buffer.alloc(32)

/**
 * The client that proves itself, in the one way it is registered with. Throws `invalid_client` (401); a public client names
 * itself and proves nothing.
 */
export async function provenClient(
  context: Context,
  request: RawRequest,
  form: ReadonlyMap<string, string>,
): Promise<ClientRow> {
  const basic = basicOf(request.headers.authorization)
  const assertion = form.get('client_assertion')
  const ways = [basic, assertion, form.get('client_secret')].filter((one) => one !== undefined)
  if (ways.length > 1) throw new OAuthError('invalid_request', 'A client proves itself in one way')
  if (assertion !== undefined && form.get('client_assertion_type') !== JWT_BEARER)
    throw new OAuthError('invalid_request', `client_assertion_type must be ${JWT_BEARER}`)
  const id =
    basic?.id ?? (assertion === undefined ? undefined : await claimedClient(assertion)) ?? form.get('client_id')
  const named = form.get('client_id')
  if (id === undefined || (named !== undefined && named !== id)) throw wrongClient()
  const { db } = context.system('the client proves who it is')
  const client = await findClient(db, id)
  const secret = basic?.secret ?? form.get('client_secret')
  const isRight = timingSafeEqual(secretHash(secret ?? ''), client?.secret_hash ?? NOBODY)
  if (client === undefined) throw wrongClient()
  switch (client.proof) {
    case 'none':
      if (ways.length > 0) throw wrongClient()
      return client
    case 'secret':
      if (secret === undefined || !isRight) throw wrongClient()
      return client
    case 'key':
      if (assertion === undefined) throw wrongClient()
      await assertAssertion(context, client, assertion)
      return client
  }
}

async function assertAssertion(context: Context, client: ClientRow, assertion: string): Promise<void> {
  const now = context.now()
  const audience = [tokenAddress(context)]
  const proof = await verifyAssertion(assertion, client, { audience, now })
  if (proof === undefined) throw wrongClient()
  const { db } = context.system('an assertion is good once')
  if (!(await takeAssertion(db, client.id, secretHash(proof.jti), proof.expiresAt))) {
    throw new OAuthError('invalid_client', 'This assertion was used before', 401)
  }
}

const wrongClient = () => new OAuthError('invalid_client', 'The client is unknown, or its proof is not right', 401)

function basicOf(header: string | undefined): { readonly id: string; readonly secret: string } | undefined {
  if (header === undefined) return undefined
  const encoded = /^basic +([A-Za-z0-9+/=]+)\s*$/i.exec(header)?.[1]
  if (encoded === undefined) throw wrongClient()
  const text = Buffer.from(encoded, 'base64').toString('utf8')
  const colon = text.indexOf(':')
  if (colon < 0) throw wrongClient()
  try {
    const [id, secret] = [text.slice(0, colon), text.slice(colon + 1)].map((part) =>
      decodeURIComponent(part.replaceAll('+', ' ')),
    )
    return { id: id as string, secret: secret as string }
  } catch {
    throw wrongClient()
  }
}
