import { type FormatParser, FormatRefusal, type Mark } from '../reading.ts'
import { crcNext, fieldValue } from './bytes.ts'

const MOST_FIELDS_BYTES = 255 * 255 * 2

/** A message as it stands: numbers of its fields with their values, and lists where a field holds several. */
export interface FitMessage {
  readonly number: number
  /** Seconds of FIT's own epoch, of the message or of the last one that told them. */
  readonly timestamp: number | undefined
  value(field: number): number | undefined
  values(field: number): readonly number[]
}

/** What takes the messages, and knows something between two of them. */
export interface FitMessages {
  take(message: FitMessage): void
  save(): unknown
  restore(state: unknown): void
}

interface Definition {
  readonly number: number
  readonly isLittle: boolean
  readonly fields: readonly {
    readonly field: number
    readonly size: number
    readonly type: number
    readonly at: number
  }[]
  readonly size: number
}

type State = 'header' | 'records' | 'checksum'

interface Kept {
  readonly definitions: readonly (readonly [local: number, definition: Definition])[]
  readonly state: State
  readonly left: number
  readonly crc: number
  readonly timestamp?: number
  readonly files: number
  readonly messages: unknown
}

/**
 * Decodes FIT as it comes: definitions, messages, compressed timestamps, developer fields passed over, several files one
 * after the other. Refuses `malformed`, `cut-off` and `bad-checksum`; the place is the byte.
 */
export class FitDecoder implements FormatParser {
  private readonly messages: FitMessages
  private readonly definitions = new Map<number, Definition>()
  private held = new Uint8Array(0)
  private state: State = 'header'
  private left = 0
  private crc = 0
  private place = 0
  private timestamp: number | undefined
  private files = 0

  constructor(messages: FitMessages) {
    this.messages = messages
  }

  push(bytes: Uint8Array): void {
    const all = new Uint8Array(this.held.length + bytes.length)
    all.set(this.held)
    all.set(bytes, this.held.length)
    let at = 0
    for (let used = this.step(all, at); used > 0; used = this.step(all, at)) {
      at += used
      this.place += used
    }
    this.held = all.slice(at)
    if (this.held.length > MOST_FIELDS_BYTES) throw this.refusal('malformed')
  }

  mark(): Mark {
    const { definitions, state, left, crc, timestamp, files, messages } = this
    const kept = { definitions: [...definitions], state, left, crc, files, messages: messages.save() }
    return { offset: this.place, state: (timestamp === undefined ? kept : { ...kept, timestamp }) satisfies Kept }
  }

  goOn({ offset, state }: Mark): void {
    const kept = state as Kept
    for (const [local, definition] of kept.definitions) this.definitions.set(local, definition)
    this.state = kept.state
    this.left = kept.left
    this.crc = kept.crc
    this.timestamp = kept.timestamp
    this.files = kept.files
    this.place = offset
    this.messages.restore(kept.messages)
  }

  end(): void {
    if (this.state !== 'header' || this.held.length > 0 || this.files === 0) throw this.refusal('cut-off')
  }

  private refusal(code: 'malformed' | 'cut-off' | 'bad-checksum'): FormatRefusal {
    return new FormatRefusal(code, this.place)
  }

  /** Takes one piece at `at`; how many bytes it had, 0 when it isn't all there yet. */
  private step(all: Uint8Array, at: number): number {
    if (at >= all.length) return 0
    if (this.state === 'header') return this.header(all, at)
    if (this.state === 'checksum') return this.checksum(all, at)
    const used = this.record(all, at)
    if (used === 0) return 0
    if (used > this.left) throw this.refusal('malformed')
    this.count(all, at, used)
    this.left -= used
    if (this.left === 0) this.state = 'checksum'
    return used
  }

  private count(all: Uint8Array, at: number, used: number): void {
    for (let index = at; index < at + used; index += 1) this.crc = crcNext(this.crc, all[index] as number)
  }

  private header(all: Uint8Array, at: number): number {
    const size = all[at] as number
    if (size !== 12 && size !== 14) throw this.refusal('malformed')
    if (all.length - at < size) return 0
    const view = new DataView(all.buffer, all.byteOffset + at, size)
    if (view.getUint32(8, false) !== 0x2e464954) throw this.refusal('malformed')
    this.left = view.getUint32(4, true)
    this.crc = 0
    this.count(all, at, size)
    this.definitions.clear()
    this.timestamp = undefined
    this.state = this.left === 0 ? 'checksum' : 'records'
    return size
  }

  private checksum(all: Uint8Array, at: number): number {
    if (all.length - at < 2) return 0
    const told = (all[at] as number) | ((all[at + 1] as number) << 8)
    if (told !== this.crc) throw this.refusal('bad-checksum')
    this.files += 1
    this.state = 'header'
    return 2
  }

  private record(all: Uint8Array, at: number): number {
    const header = all[at] as number
    if ((header & 0x80) !== 0) {
      const seconds = header & 0x1f
      return this.data(all, at, (header >> 5) & 0x3, () => this.rolledOver(seconds))
    }
    if ((header & 0x40) !== 0) return this.definition(all, at, header)
    return this.data(all, at, header & 0x0f)
  }

  /** Five bits of a compressed timestamp go on from the last whole one. */
  private rolledOver(seconds: number): void {
    const last = this.timestamp
    if (last === undefined) return
    const delta = (seconds - (last & 0x1f) + 32) & 0x1f
    this.timestamp = last + delta
  }

  private definition(all: Uint8Array, at: number, header: number): number {
    if (all.length - at < 6) return 0
    const isLittle = (all[at + 2] as number) === 0
    const low = all[at + 3] as number
    const high = all[at + 4] as number
    const count = all[at + 5] as number
    const hasDeveloper = (header & 0x20) !== 0
    const behind = at + 6 + count * 3
    if (all.length < behind + (hasDeveloper ? 1 : 0)) return 0
    const developers = hasDeveloper ? (all[behind] as number) : 0
    const end = hasDeveloper ? behind + 1 + developers * 3 : behind
    if (all.length < end) return 0
    const fields: { field: number; size: number; type: number; at: number }[] = []
    let size = 0
    for (let index = at + 6; index < behind; index += 3) {
      const [field = 0, bytes = 0, type = 0] = all.subarray(index, index + 3)
      fields.push({ field, size: bytes, type, at: size })
      size += bytes
    }
    for (let index = behind + 1; index < end; index += 3) size += all[index + 1] as number
    this.definitions.set(header & 0x0f, {
      number: isLittle ? low | (high << 8) : (low << 8) | high,
      isLittle,
      fields,
      size,
    })
    return end - at
  }

  private data(all: Uint8Array, at: number, local: number, beforeTaking?: () => void): number {
    const definition = this.definitions.get(local)
    if (definition === undefined) throw this.refusal('malformed')
    if (all.length - at < 1 + definition.size) return 0
    const view = new DataView(all.buffer, all.byteOffset + at + 1, definition.size)
    const find = (field: number) => definition.fields.find((one) => one.field === field)
    const value = (field: number) => {
      const one = find(field)
      return one === undefined ? undefined : fieldValue(view, one.at, one.size, one.type, definition.isLittle)
    }
    const values = (field: number) => {
      const one = find(field)
      return one === undefined ? [] : listOf(view, one, definition.isLittle)
    }
    beforeTaking?.()
    this.timestamp = value(253) ?? this.timestamp
    this.messages.take({ number: definition.number, timestamp: this.timestamp, value, values })
    return 1 + definition.size
  }
}

/** All values of a field of two-byte numbers, without those that stand for none. */
function listOf(view: DataView, one: { at: number; size: number; type: number }, isLittle: boolean): number[] {
  const list: number[] = []
  for (let offset = 0; offset + 2 <= one.size; offset += 2) {
    const value = fieldValue(view, one.at + offset, 2, one.type, isLittle)
    if (value !== undefined) list.push(value)
  }
  return list
}
