/** Distinct words of a document that can be found; a report of forty pages has some two thousand. */
export const MOST_WORDS = 2000

/** Lengths of beginnings that are kept: what is being typed is found from three letters on. */
const BEGINNINGS = [3, 4, 5, 6, 7, 8, 10, 12, 16]
/** With sixteen bits an entry and six of them set, one look-up in a thousand says yes where there is none. */
const BYTES_EACH = 2
const BITS_SET = 6
/** Sizes are rounded up to this, so that they tell less of how many words there are. */
const STEP_BYTES = 64

/** What is kept of a word: its beginnings; the word itself where it is shorter than the shortest of them. */
export function entriesOf(word: string): string[] {
  const beginnings = BEGINNINGS.filter((length) => length <= word.length).map((length) => word.slice(0, length))
  return beginnings.length === 0 ? [word] : beginnings
}

/** The longest of the kept beginnings of a word that is looked for: every document with the word has it. */
export function entryFor(word: string): string {
  return entriesOf(word).at(-1) as string
}

/** A keyed fingerprint of an entry: two numbers of 31 bits. */
export type Fingerprint = readonly [number, number]

/** The fingerprint in the first eight bytes of a digest. */
export function fingerprintOf(digest: Uint8Array): Fingerprint {
  const view = new DataView(digest.buffer, digest.byteOffset, digest.byteLength)
  return [view.getUint32(0) >>> 1, view.getUint32(4) >>> 1]
}

/** Numbers below 2^34 of a fingerprint; modulo the bits of a signature, they are the bits that it sets. */
export function numbersOf([start, step]: Fingerprint): number[] {
  return Array.from({ length: BITS_SET }, (_one, at) => start + at * (step | 1))
}

/**
 * A Bloom filter of all fingerprints, two bytes each: a bit that is set says nothing about which word set it. Bit n is bit
 * n % 8, from the least, of byte n / 8: as PostgreSQL's `get_bit` counts. At least 64 bytes.
 */
export function signatureOf(fingerprints: readonly Fingerprint[]): Uint8Array {
  const steps = Math.max(1, Math.ceil((fingerprints.length * BYTES_EACH) / STEP_BYTES))
  const bytes = new Uint8Array(steps * STEP_BYTES)
  const bits = bytes.length * 8
  for (const fingerprint of fingerprints) {
    for (const number of numbersOf(fingerprint)) {
      const bit = number % bits
      bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) | (1 << (bit & 7))
    }
  }
  return bytes
}
