import { createPrivateKey, createPublicKey, hkdfSync, type KeyObject, sign, verify } from 'node:crypto'

/** The state of the tree at one moment. */
export interface TreeHead {
  readonly size: number
  readonly root: Buffer
  /** Seconds since the epoch with six decimals. */
  readonly at: string
}

/** A head under a signature that everybody can check who has the public key. */
export interface Checkpoint extends TreeHead {
  /** Ed25519, 32 bytes in base64url. */
  readonly publicKey: string
  readonly signature: Buffer
}

/** Signs heads of the audit with the platform's key. */
export interface Signer {
  readonly publicKey: string
  sign(head: TreeHead): Checkpoint
}

// What a DER reader wants before the 32 bytes of an Ed25519 key (RFC 8410).
const PRIVATE_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex')
const PUBLIC_PREFIX = Buffer.from('302a300506032b6570032100', 'hex')

/** The signer whose key is derived from the secret: the same secret gives the same key. */
export function openSigner(secret: string): Signer {
  const seed = Buffer.from(hkdfSync('sha256', secret, '', 'salus audit signing key', 32))
  const key = createPrivateKey({ key: Buffer.concat([PRIVATE_PREFIX, seed]), format: 'der', type: 'pkcs8' })
  const exported = createPublicKey(key).export({ format: 'der', type: 'spki' })
  const publicKey = exported.subarray(PUBLIC_PREFIX.length).toString('base64url')
  return {
    publicKey,
    sign: (head) => ({ ...head, publicKey, signature: sign(null, signedText(head, publicKey), key) }),
  }
}

/** Whether the checkpoint's signature is that of the key it names. Whether that key is to be trusted, the caller knows. */
export function isSigned(checkpoint: Checkpoint): boolean {
  const key = publicKeyOf(checkpoint.publicKey)
  if (key === undefined || checkpoint.signature.length !== 64) return false
  return verify(null, signedText(checkpoint, checkpoint.publicKey), key, checkpoint.signature)
}

function signedText({ size, root, at }: TreeHead, publicKey: string): Buffer {
  return Buffer.from(`salus audit head\n${size}\n${root.toString('base64')}\n${at}\n${publicKey}\n`)
}

function publicKeyOf(text: string): KeyObject | undefined {
  const raw = Buffer.from(text, 'base64url')
  if (raw.length !== 32 || raw.toString('base64url') !== text) return undefined
  return createPublicKey({ key: Buffer.concat([PUBLIC_PREFIX, raw]), format: 'der', type: 'spki' })
}

interface CheckpointText {
  size: number
  root: string
  at: string
  public_key: string
  signature: string
}

/** The checkpoint as one line of JSON, for keeping outside the platform. */
export function checkpointLine(checkpoint: Checkpoint): string {
  const { size, root, at, publicKey, signature } = checkpoint
  const [rootText, signatureText] = [root.toString('base64'), signature.toString('base64')]
  return JSON.stringify({ size, root: rootText, at, public_key: publicKey, signature: signatureText })
}

/** Reads a line that `checkpointLine` wrote. Throws a sentence when it is none. */
export function readCheckpointLine(line: string): Checkpoint {
  const value = JSON.parse(line) as Partial<CheckpointText> | null
  const { size, root, at, public_key: publicKey, signature } = value ?? {}
  const isWhole = [root, at, publicKey, signature].every((one) => typeof one === 'string')
  if (!Number.isSafeInteger(size) || !isWhole)
    throw new Error('Not a checkpoint: size, root, at, public_key, signature')
  return {
    size: size as number,
    root: Buffer.from(root as string, 'base64'),
    at: at as string,
    publicKey: publicKey as string,
    signature: Buffer.from(signature as string, 'base64'),
  }
}
