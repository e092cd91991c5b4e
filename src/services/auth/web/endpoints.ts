import type { Operation } from '../../../kernel/contract.ts'
import { endpoint } from '../../../web/client/endpoint.ts'
import type { auth } from '../contract.ts'

type Auth = typeof auth.operations

/** Answers `{ signed_in }`. */
export const webSession = endpoint<Operation<Auth['me']['input']>>('GET /auth/web/session')
/** What they answer is not typed: the client asks `me` afterwards. */
export const signIn = endpoint<Operation<Auth['login']['input']>>('POST /auth/web/sign-in')
export const register = endpoint<Operation<Auth['register']['input']>>('POST /auth/web/register')
export const signOut = endpoint<Operation<Auth['logout']['input']>>('POST /auth/web/sign-out')

export const me = endpoint<Auth['me']>('GET /auth/me')
export const updateMe = endpoint<Auth['updateMe']>('PUT /auth/me')
export const changePassword = endpoint<Auth['changePassword']>('POST /auth/change-password')
export const listSessions = endpoint<Auth['listSessions']>('GET /auth/sessions')
export const revokeSession = endpoint<Auth['revokeSession']>('DELETE /auth/sessions/:id')
export const listKeys = endpoint<Auth['listKeys']>('GET /auth/api-keys')
export const createKey = endpoint<Auth['createKey']>('POST /auth/api-keys')
export const revokeKey = endpoint<Auth['revokeKey']>('DELETE /auth/api-keys/:id')
export const mfaState = endpoint<Auth['mfaState']>('GET /auth/mfa')
export const setupTotp = endpoint<Auth['setupTotp']>('POST /auth/mfa/setup')
export const verifyTotp = endpoint<Auth['verifyTotp']>('POST /auth/mfa/verify')
export const disableTotp = endpoint<Auth['disableTotp']>('POST /auth/mfa/disable')
export const listUsers = endpoint<Auth['listUsers']>('GET /auth/users')
export const setRoles = endpoint<Auth['setRoles']>('PUT /auth/users/:id/roles')
export const suspendUser = endpoint<Auth['suspendUser']>('POST /auth/users/:id/suspend')
export const reactivateUser = endpoint<Auth['reactivateUser']>('POST /auth/users/:id/reactivate')
export const listApps = endpoint<Auth['listApps']>('GET /auth/apps')
export const revokeApp = endpoint<Auth['revokeApp']>('DELETE /auth/apps/:client_id')
export const waysToSignIn = endpoint<Auth['waysToSignIn']>('GET /auth/ways')
export const listPasskeys = endpoint<Auth['listPasskeys']>('GET /auth/passkeys')
export const beginPasskey = endpoint<Auth['beginPasskey']>('POST /auth/passkeys/begin')
export const addPasskey = endpoint<Auth['addPasskey']>('POST /auth/passkeys')
export const renamePasskey = endpoint<Auth['renamePasskey']>('PUT /auth/passkeys/:id')
export const removePasskey = endpoint<Auth['removePasskey']>('DELETE /auth/passkeys/:id')
export const beginPasskeySignIn = endpoint<Auth['beginPasskeySignIn']>('POST /auth/passkeys/sign-in/begin')
export const webPasskey = endpoint<Operation<Auth['passkeySignIn']['input']>>('POST /auth/web/passkey')
