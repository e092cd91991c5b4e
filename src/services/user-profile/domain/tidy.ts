/** What is wrong with one field, and what would be right. */
export interface Fault {
  readonly field: string
  readonly detail: string
  readonly allowed?: readonly unknown[]
}

/** Fields of a section by name, as they are stored: a null was said to be cleared. */
export type Data = Readonly<Record<string, unknown>>

/** Values in the form they are stored, and what is wrong with them. */
export interface Reading {
  readonly data: Data
  readonly faults: readonly Fault[]
}

const MAXIMUM_RECORD_LENGTH = 16_384
const CONTROL = /\p{Cc}/u

/**
 * The same values without blanks around texts, and without repetitions in lists of texts.
 * Finds texts that are only blank or hold control characters, and free records that are too large.
 */
export function tidy(given: Data): Reading {
  const faults: Fault[] = []
  const data: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(given)) data[name] = tidyValue(name, value, faults)
  return { data, faults }
}

function tidyValue(field: string, value: unknown, faults: Fault[]): unknown {
  if (typeof value === 'string') return tidyText(field, value, faults)
  if (Array.isArray(value)) return tidyList(field, value, faults)
  if (typeof value !== 'object' || value === null) return value
  if (field.startsWith('custom_')) {
    if (JSON.stringify(value).length > MAXIMUM_RECORD_LENGTH) faults.push({ field, detail: 'is larger than 16 KiB' })
    return value
  }
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, tidyValue(`${field}.${name}`, member, faults)]),
  )
}

function tidyText(field: string, value: string, faults: Fault[]): string {
  const text = value.trim()
  if (text === '') faults.push({ field, detail: 'is blank' })
  else if (CONTROL.test(text)) faults.push({ field, detail: 'contains control characters' })
  return text
}

function tidyList(field: string, values: readonly unknown[], faults: Fault[]): unknown[] {
  const seen = new Set<string>()
  return values
    .map((value, index) => tidyValue(`${field}.${index}`, value, faults))
    .filter((value) => {
      if (typeof value !== 'string') return true
      const key = value.toLowerCase()
      return seen.has(key) ? false : seen.add(key)
    })
}
