import { createStore } from './client/store.ts'

/** The units of the account's profile; everything is kept and asked for in the canonical ones. */
export const unitSystem = createStore<'metric' | 'imperial'>('metric')

/** What imperial writes instead of a UCUM unit: value = canonical x factor + offset. Held against shared/units by a test. */
export const IMPERIAL: Readonly<
  Record<string, readonly [unit: string, factor: number, offset: number, entry: string]>
> = {
  kg: ['[lb_av]', 1 / 0.45359237, 0, 'lbs'],
  cm: ['[in_i]', 1 / 2.54, 0, 'inches'],
  km: ['[mi_i]', 1 / 1.609344, 0, 'miles'],
  Cel: ['[degF]', 1.8, 32, '°F'],
}

export interface PersonUnit {
  /** UCUM. */
  readonly unit: string
  /** As it is written in forms; the server takes it and converts. */
  readonly entry: string
  readonly of: (value: number) => number
  /** A difference, or a change in a time: without the offset. */
  readonly step: (value: number) => number
}

/** How a canonical unit is shown to the person. */
export function personUnit(canonical: string): PersonUnit {
  const twin = unitSystem.get() === 'imperial' ? IMPERIAL[canonical] : undefined
  const [unit, factor, offset, entry] = twin ?? [canonical, 1, 0, '']
  // Two places more than a person writes: 70 kg is 154.32 lb and not 154.3235835294.
  const rounded = (value: number) => (factor === 1 ? value : Number(value.toFixed(2)))
  return { unit, entry, of: (value) => rounded(value * factor + offset), step: (value) => rounded(value * factor) }
}
