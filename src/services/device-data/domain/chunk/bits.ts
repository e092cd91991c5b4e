/** Bits one after the other, highest first. */
export class BitWriter {
  private bytes: Uint8Array
  private length = 0
  private pending = 0
  private pendingBits = 0

  constructor(capacityBytes = 256) {
    this.bytes = new Uint8Array(Math.max(16, capacityBytes))
  }

  /** Appends the lowest `count` bits of a whole number below 2 to the 24th; `count` is at most 24. */
  write(value: number, count: number): void {
    let bits = this.pendingBits + count
    const pending = (this.pending << count) | value
    if (this.length + 4 > this.bytes.length) this.grow()
    const { bytes } = this
    while (bits >= 8) {
      bits -= 8
      bytes[this.length++] = pending >>> bits
    }
    this.pending = pending & ((1 << bits) - 1)
    this.pendingBits = bits
  }

  /** A whole number from 0 to 2 to the 53rd, in groups of seven bits. */
  writeVarint(value: number): void {
    let rest = value
    while (rest >= 128) {
      this.write(128 | (rest % 128), 8)
      rest = Math.floor(rest / 128)
    }
    this.write(rest, 8)
  }

  /** What was written, filled up to whole bytes with zeros. */
  finish(): Uint8Array {
    if (this.pendingBits > 0) this.write(0, 8 - this.pendingBits)
    return this.bytes.subarray(0, this.length)
  }

  private grow(): void {
    const larger = new Uint8Array(this.bytes.length * 2)
    larger.set(this.bytes)
    this.bytes = larger
  }
}

/** Reads what `BitWriter` wrote. Throws RangeError at the end of the bytes. */
export class BitReader {
  private readonly bytes: Uint8Array
  private position = 0
  private pending = 0
  private pendingBits = 0

  constructor(bytes: Uint8Array) {
    this.bytes = bytes
  }

  read(count: number): number {
    while (this.pendingBits < count) this.fill()
    this.pendingBits -= count
    const value = this.pending >>> this.pendingBits
    this.pending &= (1 << this.pendingBits) - 1
    return value
  }

  /** How many ones come before the next zero, which is read too; stops after `maximum` ones without reading a zero. */
  readOnes(maximum: number): number {
    let ones = 0
    while (ones < maximum) {
      if (this.pendingBits === 0) this.fill()
      const bits = this.pendingBits
      // The bits stand at the top, filled up with zeros, so that the first zero is found at once.
      const run = Math.min(Math.clz32(~(this.pending << (32 - bits))), bits, maximum - ones)
      ones += run
      this.pendingBits -= run
      if (ones < maximum && this.pendingBits > 0) {
        this.pendingBits--
        this.pending &= (1 << this.pendingBits) - 1
        return ones
      }
      this.pending &= (1 << this.pendingBits) - 1
    }
    return ones
  }

  readVarint(): number {
    let value = 0
    for (let factor = 1; factor <= 2 ** 49; factor *= 128) {
      const group = this.read(8)
      value += (group & 127) * factor
      if (group < 128) return value
    }
    throw new RangeError('The chunk holds a number that is too large')
  }

  private fill(): void {
    if (this.position >= this.bytes.length) throw new RangeError('The chunk ends too early')
    this.pending = (this.pending << 8) | (this.bytes[this.position++] as number)
    this.pendingBits += 8
  }
}
