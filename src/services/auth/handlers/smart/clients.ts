import type { InputOf } from '../../../../kernel/contract.ts'
import { fieldError, notFound, PlatformError } from '../../../../kernel/errors.ts'
import type { Context } from '../../../../kernel/service.ts'
import type { auth } from '../../contract.ts'
import { isScope, keysAddressFault, redirectFault } from '../../domain/apps.ts'
import { newSecret, secretHash } from '../../providers/secrets.ts'
import { sessionCacheOf } from '../../store/sessionCache.ts'
import * as store from '../../store/smart/clients.ts'
import { assertPersonally } from '../guard.ts'
import { isDuplicate } from './duplicates.ts'

type Input<Name extends keyof typeof auth.operations> = InputOf<(typeof auth.operations)[Name]>

const reason = 'clients belong to the platform'

export async function registerClient(context: Context, input: Input<'registerClient'>) {
  assertPersonally(context)
  const { proof, jwks, jwks_uri, is_backend = false } = input
  const redirectUris = input.redirect_uris ?? []
  if (is_backend && proof !== 'key') throw fieldError('proof', 'of a backend service must be a key', ['key'])
  if (!is_backend && redirectUris.length === 0) throw fieldError('redirect_uris', 'must name at least one address')
  if ((proof === 'key') !== ((jwks === undefined) !== (jwks_uri === undefined))) {
    throw fieldError('jwks', 'is needed with proof "key" (or jwks_uri, not both), and only there')
  }
  assertAddresses(redirectUris)
  assertScopes(input.scopes, is_backend)
  const fault = jwks_uri === undefined ? undefined : keysAddressFault(jwks_uri, false)
  if (fault !== undefined) throw fieldError('jwks_uri', fault)
  if (input.homepage !== undefined && !/^https?:\/\/[^\s"<>]+$/.test(input.homepage)) {
    throw fieldError('homepage', 'must be an https address')
  }
  const secret = proof === 'secret' ? newSecret() : undefined
  const client = {
    id: input.client_id ?? context.newId(),
    name: input.name,
    publisher: input.publisher,
    homepage: input.homepage ?? null,
    proof,
    secret_hash: secret === undefined ? null : secretHash(secret),
    jwks: jwks === undefined ? null : publicKeys(jwks),
    jwks_uri: jwks_uri ?? null,
    redirect_uris: redirectUris,
    scopes: input.scopes,
    service_id: is_backend ? context.newId() : null,
    registered_by: 'operator',
    management_hash: null,
  } as const
  const now = context.now()
  try {
    await context
      .system(reason)
      .db.run(store.insertClient({ ...client, redirect_uris: [...redirectUris], scopes: [...input.scopes] }, now))
  } catch (error) {
    if (isDuplicate(error)) throw new PlatformError('already_exists', 'There is a client with this id already')
    throw error
  }
  context.audit({ action: 'app_registered', reason: `app:${client.id}` })
  const view = clientView({
    ...client,
    redirect_uris: [...redirectUris],
    scopes: [...input.scopes],
    created_at: now,
    disabled_at: null,
  })
  return { ...view, ...(secret === undefined ? {} : { client_secret: secret }) }
}

export async function listClients(context: Context) {
  const rows = await store.listClients(context.system(reason).db, 1000)
  return { clients: rows.map(clientView) }
}

export async function changeClient(context: Context, input: Input<'changeClient'>) {
  assertPersonally(context)
  const { db } = context.system(reason)
  const before = (await store.listClients(db, 1000)).find((one) => one.id === input.client_id)
  if (before === undefined) throw notFound('Client')
  assertAddresses(input.redirect_uris ?? [])
  if (input.scopes !== undefined) assertScopes(input.scopes, before.service_id !== null)
  if (input.new_secret === true && before.proof !== 'secret')
    throw fieldError('new_secret', 'is for clients with a secret')
  const secret = input.new_secret === true ? newSecret() : undefined
  const change = {
    name: input.name,
    redirectUris: input.redirect_uris,
    scopes: input.scopes,
    isDisabled: input.is_enabled === undefined ? undefined : !input.is_enabled,
    secretHash: secret === undefined ? undefined : secretHash(secret),
  }
  const row = await store.changeClient(db, input.client_id, change, context.now())
  if (row === undefined) throw notFound('Client')
  for (const one of await store.accountsOfClient(db, row.id)) sessionCacheOf(context.ports).forget(one)
  context.audit({ action: 'app_changed', reason: `app:${row.id}` })
  return { ...clientView(row), ...(secret === undefined ? {} : { client_secret: secret }) }
}

function clientView(row: store.ClientRow) {
  return {
    client_id: row.id,
    name: row.name,
    publisher: row.publisher,
    homepage: row.homepage,
    proof: row.proof,
    jwks_uri: row.jwks_uri,
    redirect_uris: [...row.redirect_uris],
    scopes: [...row.scopes],
    service_account_id: row.service_id,
    registered_by: row.registered_by,
    is_enabled: row.disabled_at === null,
    created_at: row.created_at.toISOString(),
  }
}

function assertAddresses(addresses: readonly string[]): void {
  for (const [index, one] of addresses.entries()) {
    const fault = redirectFault(one)
    if (fault !== undefined) throw fieldError(`redirect_uris.${index}`, fault)
  }
}

/** A backend service has scopes of its own kind, and only to read: what it writes nobody decided about. */
function assertScopes(scopes: readonly string[], isBackend: boolean): void {
  if (scopes.length === 0) throw fieldError('scopes', 'must name at least one scope')
  for (const [index, one] of scopes.entries()) {
    const fits = isScope(one) && one.startsWith('system/') === isBackend
    if (!fits)
      throw fieldError(`scopes.${index}`, isBackend ? 'must be a scope like system/*.rs' : 'is no scope of an app')
  }
}

/** The public parts of a key set; private ones are refused, not kept. */
export function publicKeys(jwks: Readonly<Record<string, unknown>>): { readonly keys: readonly object[] } {
  const { keys } = jwks
  const isPublic = (key: unknown): key is object =>
    typeof key === 'object' &&
    key !== null &&
    !('d' in key) &&
    !('k' in key) &&
    ['RSA', 'EC'].includes(String((key as { kty?: unknown }).kty))
  if (!Array.isArray(keys) || keys.length === 0 || keys.length > 20 || !keys.every(isPublic)) {
    throw fieldError('jwks', 'must be a JWK Set of 1 to 20 public keys (RSA or EC)')
  }
  return { keys }
}
