import { locale } from '../texts/catalogue.ts'

const UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte'] as const

/** `295 MB`; a step is 1024, as limits of memory are given. */
export function bytes(count: number): string {
  const step = count < 1024 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log2(count) / 10))
  const value = count / 1024 ** step
  const maximumFractionDigits = value < 10 && step > 1 ? 1 : 0
  const options = { style: 'unit', unit: UNITS[step] as string, unitDisplay: 'short', maximumFractionDigits } as const
  return new Intl.NumberFormat(locale(), options).format(value)
}
