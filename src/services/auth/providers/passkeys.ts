import { isIP } from 'node:net'
import type { AuthenticationResponseJSON, RegistrationResponseJSON } from '@simplewebauthn/server'

/** For which host passkeys are good, and from which origin they are asked for. */
export interface RelyingParty {
  readonly id: string
  readonly origin: string
}

/** The relying party of an address; undefined where browsers allow none: a number, or plain HTTP on another machine. */
export function relyingParty(publicUrl: string): RelyingParty | undefined {
  if (!URL.canParse(publicUrl)) return undefined
  const { hostname, origin, protocol } = new URL(publicUrl)
  const isNumber = isIP(hostname.replace(/^\[|\]$/g, '')) !== 0
  const isSafe = protocol === 'https:' || hostname === 'localhost' || hostname.endsWith('.localhost')
  return isNumber || !isSafe ? undefined : { id: hostname, origin }
}

/** Loaded at the first use: a start does not need it. */
const library = () => import('@simplewebauthn/server')

const NAME = 'Salus'
const TIMEOUT_MS = 300_000
/** EdDSA, ES256, RS256: what every authenticator has one of. Node calls the newer ML-DSA experimental still. */
const ALGORITHMS = [-8, -7, -257]

/** Options for making a passkey: found without a name, verifying its user, and no second one on the same authenticator. */
export async function creationOptions(
  party: RelyingParty,
  options: {
    readonly challenge: Buffer
    readonly userId: Buffer
    readonly userName: string
    readonly displayName: string
    readonly known: readonly { readonly id: string; readonly transports: readonly string[] }[]
  },
): Promise<object> {
  const { generateRegistrationOptions } = await library()
  return generateRegistrationOptions({
    rpName: NAME,
    rpID: party.id,
    userName: options.userName,
    userDisplayName: options.displayName,
    userID: new Uint8Array(options.userId),
    challenge: new Uint8Array(options.challenge),
    timeout: TIMEOUT_MS,
    attestationType: 'none',
    supportedAlgorithmIDs: ALGORITHMS,
    excludeCredentials: options.known.map(({ id, transports }) => ({ id, transports: [...transports] as never })),
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
  })
}

/** Options for a sign-in: whose passkey it is, the authenticator says. */
export async function requestOptions(party: RelyingParty, challenge: Buffer): Promise<object> {
  const { generateAuthenticationOptions } = await library()
  return generateAuthenticationOptions({
    rpID: party.id,
    challenge: new Uint8Array(challenge),
    timeout: TIMEOUT_MS,
    userVerification: 'required',
  })
}

/** What is kept of a new passkey. */
export interface NewPasskey {
  readonly credentialId: Buffer
  readonly publicKey: Buffer
  readonly signCount: number
  readonly isSynced: boolean
}

/** The challenge that an answer signs; undefined when it can't be read. It is proved by nothing yet. */
export function challengeOf(clientDataJSON: string): Buffer | undefined {
  try {
    const { challenge } = JSON.parse(Buffer.from(clientDataJSON, 'base64url').toString('utf8')) as {
      challenge?: unknown
    }
    return typeof challenge === 'string' ? Buffer.from(challenge, 'base64url') : undefined
  } catch {
    return undefined
  }
}

/** The passkey that an authenticator made; undefined when its answer is not good for this party and challenge. */
export async function readNewPasskey(
  party: RelyingParty,
  challenge: Buffer,
  answer: object,
): Promise<NewPasskey | undefined> {
  const { verifyRegistrationResponse } = await library()
  try {
    const { verified, registrationInfo } = await verifyRegistrationResponse({
      response: answer as RegistrationResponseJSON,
      expectedChallenge: challenge.toString('base64url'),
      expectedOrigin: party.origin,
      expectedRPID: party.id,
      supportedAlgorithmIDs: ALGORITHMS,
      requireUserVerification: true,
    })
    if (!verified || registrationInfo === undefined) return undefined
    const { credential, credentialBackedUp } = registrationInfo
    return {
      credentialId: Buffer.from(credential.id, 'base64url'),
      publicKey: Buffer.from(credential.publicKey),
      signCount: credential.counter,
      isSynced: credentialBackedUp,
    }
  } catch {
    // Whatever is wrong with it, the answer of an authenticator is only good or not.
    return undefined
  }
}

/** The counter of a sign-in whose signature is right; undefined when it isn't. What the counter means is the caller's. */
export async function readSignCount(
  party: RelyingParty,
  challenge: Buffer,
  answer: object,
  passkey: { readonly credential_id: Buffer; readonly public_key: Buffer },
): Promise<number | undefined> {
  const { verifyAuthenticationResponse } = await library()
  try {
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      response: answer as AuthenticationResponseJSON,
      expectedChallenge: challenge.toString('base64url'),
      expectedOrigin: party.origin,
      expectedRPID: party.id,
      requireUserVerification: true,
      // A counter that went back is told apart from a wrong signature by the caller.
      credential: {
        id: passkey.credential_id.toString('base64url'),
        publicKey: new Uint8Array(passkey.public_key),
        counter: 0,
      },
    })
    return verified ? authenticationInfo.newCounter : undefined
  } catch {
    return undefined
  }
}
