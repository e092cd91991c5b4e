import type { Hmac } from 'node:crypto'
import type { Readable } from 'node:stream'

/** A message for one person outside the platform. */
export interface Notice {
  readonly channel: 'email' | 'sms'
  /** E-mail address or phone number in E.164. */
  readonly to: string
  readonly subject: string
  readonly text: string
}

/** Delivers messages outside the platform. */
export interface NotificationPort {
  /** Which channels can deliver at the moment, and through what. */
  readonly channels: Readonly<Record<Notice['channel'], string | undefined>>
  /** Hands the message over. Throws `PlatformError('unavailable')` when the channel is off or refuses. */
  send(notice: Notice): Promise<void>
}

/**
 * Encryption of what belongs to a person, under a key of that person's own. `binding` says where the ciphertext belongs
 * (`schema.table.column`, a file's id): it opens there and nowhere else, and for nobody else.
 * All throw `gone` when the person's key is erased, `unavailable` when the master key that wraps it is not configured, and
 * `internal` when the ciphertext was altered, cut, or belongs elsewhere.
 */
export interface EncryptionPort {
  /** Ciphertext of a text or small value, 45 bytes longer. Makes the person's key when there is none. */
  encryptFor(personId: string, plaintext: Uint8Array, binding: string): Promise<Buffer>
  decryptFor(personId: string, ciphertext: Uint8Array, binding: string): Promise<Buffer>
  /** Ciphertext of any length in constant memory; in chunks that open only whole, in order, up to the last. */
  encryptStream(personId: string, source: AsyncIterable<Uint8Array>, binding: string): AsyncGenerator<Buffer, void>
  /** Gives plaintext chunk by chunk; an error after some chunks means that the rest is not what was written. */
  decryptStream(personId: string, source: AsyncIterable<Uint8Array>, binding: string): AsyncGenerator<Buffer, void>
  /**
   * A keyed digest (SHA-256) that names content without telling whether another person has the same. Digests of one `use`
   * tell nothing about those of another: name one for whatever is not the content of a file.
   */
  fingerprint(personId: string, use?: string): Promise<Hmac>
}

/** Whose files, and of which service: services share no file, so that one may delete what it stored. */
export interface FileOwner {
  readonly personId: string
  /** The service's name. */
  readonly area: string
}

export interface StoredFile {
  /** 64 hexadecimal digits, the same for the same content of the same owner. */
  readonly address: string
  readonly sizeBytes: number
}

/** Files of people: streamed, encrypted where they lie, named by their content. */
export interface FilePort {
  /**
   * Keeps the content; it is there whole, or not at all. Storing what is there already changes nothing. Throws
   * `payload_too_large` beyond `maximumBytes`, and what the source throws.
   */
  store(owner: FileOwner, source: AsyncIterable<Uint8Array>, limits: { maximumBytes: number }): Promise<StoredFile>
  /** Opens a file for reading. Throws `not_found`, and what `EncryptionPort` throws; read it whole or destroy it. */
  open(owner: FileOwner, address: string): Promise<StoredFile & { readonly content: Readable }>
  /** Removes a file; false when there was none. */
  delete(owner: FileOwner, address: string): Promise<boolean>
  /** Removes all files of a person, of all services; returns how many. */
  eraseAll(personId: string): Promise<number>
  /** Removes what writes that never ended left behind, when it is older than `before`; returns how many. */
  removeAbandoned(before: Date): Promise<number>
}

/** What of the outside world a service can reach. */
export interface Ports {
  readonly notifications: NotificationPort
  readonly encryption: EncryptionPort
  readonly files: FilePort
  readonly secrets: {
    /** Signs access tokens. */
    readonly tokenKey: string
  }
}

/** What the frame is given of the outside world, and makes the ports of services from. */
export interface OutsidePorts extends Omit<Ports, 'encryption' | 'files'> {
  /** Secrets that no service sees. */
  readonly keys: {
    /** Signs the checkpoints of the audit. */
    readonly audit: string
    /** Master keys: the first wraps people's keys, all open them. Asked again when one is missing. */
    readonly master: () => readonly string[]
  }
  openFiles(encryption: EncryptionPort): FilePort
}
