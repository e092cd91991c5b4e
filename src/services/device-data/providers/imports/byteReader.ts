/** Bytes of a stream in the sizes that its reader asks for; what was taken too much of can be given back. */
export class ByteReader {
  private readonly source: AsyncIterator<Uint8Array>
  private waiting: Uint8Array[] = []
  private isOver = false
  /** Bytes taken so far. */
  position = 0

  constructor(source: AsyncIterable<Uint8Array>) {
    this.source = source[Symbol.asyncIterator]()
  }

  /** Some bytes, at most `maximum`; undefined at the end. */
  async some(maximum = Number.POSITIVE_INFINITY): Promise<Uint8Array | undefined> {
    const next = this.waiting.shift() ?? (await this.pulled())
    if (next === undefined) return undefined
    const taken = next.length > maximum ? next.subarray(0, maximum) : next
    if (taken.length < next.length) this.waiting.unshift(next.subarray(maximum))
    this.position += taken.length
    return taken
  }

  /** Exactly so many bytes; fewer only at the end. */
  async exactly(count: number): Promise<Uint8Array> {
    const parts: Uint8Array[] = []
    for (let left = count; left > 0; ) {
      const part = await this.some(left)
      if (part === undefined) break
      parts.push(part)
      left -= part.length
    }
    return parts.length === 1 ? (parts[0] as Uint8Array) : Buffer.concat(parts)
  }

  giveBack(bytes: Uint8Array): void {
    if (bytes.length === 0) return
    this.waiting.unshift(bytes)
    this.position -= bytes.length
  }

  /** Passes over so many bytes; false when there weren't as many. */
  async skip(count: number): Promise<boolean> {
    for (let left = count; left > 0; ) {
      const part = await this.some(left)
      if (part === undefined) return false
      left -= part.length
    }
    return true
  }

  private async pulled(): Promise<Uint8Array | undefined> {
    while (!this.isOver) {
      const { value, done } = await this.source.next()
      if (done === true) this.isOver = true
      else if (value.length > 0) return value
    }
    return undefined
  }
}
