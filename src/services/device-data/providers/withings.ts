import type { MakerKeys } from './dexcom.ts'
import {
  listIn,
  type Maker,
  type MakerApi,
  type MakerPage,
  type MakerRange,
  type MakerSample,
  numberIn,
} from './maker.ts'

/** Types of measures, and the metric each is. The value is `value` times ten to the power of `unit`. */
const MEASURES: ReadonlyMap<number, readonly [metric: string, unit: string]> = new Map([
  [1, ['body_weight', 'kg']],
  [4, ['height', 'm']],
  [6, ['body_fat_percentage', '%']],
  [9, ['blood_pressure_diastolic', 'mm[Hg]']],
  [10, ['blood_pressure_systolic', 'mm[Hg]']],
  [11, ['heart_rate', '/min']],
  [12, ['body_temperature', 'Cel']],
  [54, ['oxygen_saturation', '%']],
  [71, ['body_temperature', 'Cel']],
  [73, ['skin_temperature', 'Cel']],
  [76, ['muscle_mass', 'kg']],
  [88, ['bone_mass', 'kg']],
])
const CENTIMETRES = 100

/** Withings. Every answer is 200 with a status inside. */
export function withings(keys: MakerKeys, baseUrl: string, signInUrl: string): Maker {
  return {
    name: 'withings',
    label: 'Withings',
    signInUrl,
    tokenUrl: `${baseUrl}/v2/oauth2`,
    apiUrl: baseUrl,
    ...keys,
    scope: 'user.metrics',
    dataTypes: [...new Set([...MEASURES.values()].map(([metric]) => metric))],
    isWrapped: true,
    sendsBasic: false,
    read,
  }
}

async function* read(api: MakerApi, range: MakerRange): AsyncGenerator<MakerPage, void> {
  const kind = 'measures'
  let offset = 0
  let hasMore = true
  while (hasMore) {
    const answer = (await api.postForm('/measure', {
      action: 'getmeas',
      meastypes: [...MEASURES.keys()].join(','),
      category: '1',
      startdate: String(Math.floor(range.fromOf(kind).getTime() / 1000)),
      enddate: String(Math.floor(range.until.getTime() / 1000)),
      ...(offset === 0 ? {} : { offset: String(offset) }),
    })) as Readonly<Record<string, unknown>>
    const samples = listIn(answer, 'measuregrps').flatMap(groupSamples)
    const next = numberIn(answer.offset)
    hasMore = (answer.more === 1 || answer.more === true) && next !== undefined && next > offset
    offset = next ?? offset
    yield hasMore ? { kind, samples } : { kind, samples, completeUntil: range.until }
  }
}

function groupSamples(group: Readonly<Record<string, unknown>>): MakerSample[] {
  const seconds = numberIn(group.date)
  if (seconds === undefined) return []
  return listIn(group, 'measures').flatMap((measure) => {
    const known = MEASURES.get(numberIn(measure.type) ?? -1)
    const value = numberIn(measure.value)
    const power = numberIn(measure.unit)
    if (known === undefined || value === undefined || power === undefined) return []
    const [metric, unit] = known
    // Dividing keeps 98.6 what it is; multiplying by a tenth would not.
    const real = power < 0 ? value / 10 ** -power : value * 10 ** power
    const common = { startMs: seconds * 1000, sourceKey: String(group.grpid), metric }
    return metric === 'height'
      ? [{ ...common, unit: 'cm', value: real * CENTIMETRES }]
      : [{ ...common, unit, value: real }]
  })
}
