import { call } from '../../../web/client/endpoint.ts'
import { addPasskey, beginPasskey, beginPasskeySignIn, webPasskey } from './endpoints.ts'

type Json = Readonly<Record<string, unknown>>

/** Whether this browser can use passkeys for the host, and the page stands there. */
export function canPasskey(host: string | undefined): boolean {
  return host === location.hostname && 'credentials' in navigator && 'PublicKeyCredential' in globalThis
}

/** The person said no, or nothing for too long: no fault to report. */
export function isCancelled(problem: unknown): boolean {
  return problem instanceof DOMException && ['NotAllowedError', 'AbortError'].includes(problem.name)
}

/** Makes a passkey on this device, or on one that it reaches. */
export async function makePasskey(name: string | undefined, password: string | undefined): Promise<void> {
  const { options } = await call(beginPasskey, password === undefined ? {} : { password })
  const { user, excludeCredentials } = options as { user: Json; excludeCredentials?: readonly Json[] }
  const publicKey = {
    ...options,
    challenge: bytesOf(options.challenge),
    user: { ...user, id: bytesOf(user.id) },
    excludeCredentials: (excludeCredentials ?? []).map((one) => ({ ...one, id: bytesOf(one.id) })),
  }
  const made = (await navigator.credentials.create({ publicKey: publicKey as never })) as PublicKeyCredential
  const response = made.response as AuthenticatorAttestationResponse
  await call(addPasskey, {
    ...(name === undefined ? {} : { name }),
    credential: {
      ...shared(made),
      response: {
        clientDataJSON: textOf(response.clientDataJSON),
        attestationObject: textOf(response.attestationObject),
        transports: response.getTransports?.() ?? [],
      },
    },
  })
}

/** Signs in with a passkey that the device knows; the session is a cookie. */
export async function usePasskey(): Promise<void> {
  const { options } = await call(beginPasskeySignIn, {})
  const publicKey = { ...options, challenge: bytesOf(options.challenge), allowCredentials: [] }
  const used = (await navigator.credentials.get({ publicKey: publicKey as never })) as PublicKeyCredential
  const response = used.response as AuthenticatorAssertionResponse
  await call(webPasskey, {
    credential: {
      ...shared(used),
      response: {
        clientDataJSON: textOf(response.clientDataJSON),
        authenticatorData: textOf(response.authenticatorData),
        signature: textOf(response.signature),
        ...(response.userHandle === null ? {} : { userHandle: textOf(response.userHandle) }),
      },
    },
  })
}

function shared({ rawId }: PublicKeyCredential) {
  const id = textOf(rawId)
  return { id, rawId: id, type: 'public-key' as const, clientExtensionResults: {} }
}

function textOf(bytes: ArrayBuffer): string {
  const binary = String.fromCharCode(...new Uint8Array(bytes))
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}

function bytesOf(text: unknown): Uint8Array {
  const binary = atob(String(text).replaceAll('-', '+').replaceAll('_', '/'))
  return Uint8Array.from(binary, (letter) => letter.charCodeAt(0))
}
