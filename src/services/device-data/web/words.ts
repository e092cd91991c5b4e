import { METRIC_OF_DEVICE } from '../../../shared/metrics/deviceNames.ts'
import { useQuery } from '../../../web/client/cache.ts'
import { apart, number } from '../../../web/format.ts'
import { measureNames } from '../../../web/texts/measures.ts'
import { metricName } from '../../../web/texts/serverWords.ts'
import { type PersonUnit, personUnit } from '../../../web/units.ts'
import { vocabulary } from './endpoints.ts'
import type { Import } from './shapes.ts'
import { devicesTexts } from './texts.ts'

/** What a code is called; one that came later stands as words. */
export function named(names: Readonly<Record<string, string>>, code: string): string {
  return names[code] ?? sentence(code.replaceAll(/[_-]/g, ' '))
}

/** How makers write their names. */
const BRANDS: Readonly<Record<string, string>> = {
  iphone: 'iPhone',
  ipad: 'iPad',
  'apple-watch': 'Apple Watch',
  healthkit: 'Apple Health',
  'health-connect': 'Health Connect',
  libreview: 'LibreView',
  xdrip: 'xDrip',
  whoop: 'WHOOP',
}

/** A source as people call it. */
export function sourceLabel(source: string): string {
  return named({ ...BRANDS, manual: devicesTexts().sources.manual }, source)
}

/** A text that begins with a capital letter. */
export function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`
}

/** A whole number with its groups. */
export function whole(value: number): string {
  return number(value, 0)
}

/** The size of a file. */
export function sizeOf(bytes: number): string {
  return apart(bytes < 1_048_576 ? `${number(bytes / 1024)} KiB` : `${number(bytes / 1_048_576)} MiB`)
}

const UNITS: Readonly<Record<string, string>> = { 'mm[Hg]': 'mmHg', '/min': '/min', Cel: '°C', '{z}': '', '1': '' }

/** A unit as people write it. */
export function unitWord(unit: string): string {
  return UNITS[unit] ?? unit.replaceAll(/[{}[\]]/g, '')
}

/** How the person reads the glucose of a sensor. */
export function glucoseUnit(): PersonUnit {
  return personUnit('mg/dL', 'glucose')
}

/** What a device measures, in the person's language where it is said there; in English as the vocabulary says it. */
export function nameOf({ code, label }: { readonly code: string; readonly label: string }): string {
  return metricName({
    metric_type: METRIC_OF_DEVICE[code] ?? code,
    label: measureNames()[code] ?? label,
    device_type: code,
  })
}

/** How the metrics are called, by code; a code stands as words until they are known. */
export function useMetricNames(): (code: string) => string {
  const { value } = useQuery(vocabulary, {})
  const names = Object.fromEntries((value?.items ?? []).map((one) => [one.code, nameOf(one)]))
  return (code) => named(names, code)
}

/** How the state of an import is drawn. */
export function lookOf(state: Import['state']): string {
  if (state === 'done') return 'good'
  if (state === 'failed') return 'bad'
  return state === 'asking' || state === 'partly' ? 'warn' : ''
}
