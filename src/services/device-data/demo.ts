import type { DemoData } from '../../kernel/service.ts'
import { seededRandom } from '../../shared/random.ts'
import type { Sample } from './domain/sample.ts'
import { storeSamples } from './store/samples.ts'

const DAYS = 30
const DAY_MS = 86_400_000
const SOURCE = 'simulated'

/**
 * A month of a watch, and of a glucose sensor for one of the household. Everything is of the source `simulated` and its
 * series are marked: no answer shows it without saying so, and no other source is ever mixed with it.
 */
export const demo: DemoData = {
  async seed(context, person) {
    const random = seededRandom(person.seed + 5)
    const firstMs = Date.parse(`${person.today}T00:00:00Z`) - (DAYS - 1) * DAY_MS
    const samples: Sample[] = []
    for (let day = 0; day < DAYS; day++) samples.push(...watchDay(firstMs + day * DAY_MS, random))
    if (person.key === 'ravi')
      for (let day = 0; day < DAYS; day++) samples.push(...glucoseDay(firstMs + day * DAY_MS, random))
    const nowMs = context.now().getTime()
    const past = samples.filter((sample) => (sample.endMs ?? sample.startMs) <= nowMs)
    const intake = { personId: person.personId, now: context.now(), zone: 'UTC', isSimulated: true }
    const { taken } = await context.transact((transaction) => storeSamples(transaction, intake, past))
    return taken
  },
}

const common = { source: SOURCE, zoneOffsetMinutes: 0, entry: 'calculated' } as const

function watchDay(startMs: number, random: () => number): Sample[] {
  const samples: Sample[] = []
  const resting = 58 + Math.round(random() * 6)
  for (let minute = 0; minute < 1440; minute += 10) {
    const isAwake = minute >= 420 && minute < 1380
    const value = Math.round(resting + (isAwake ? 12 + 25 * random() : 4 * random()))
    samples.push({ ...common, metric: 'heart_rate', unit: '/min', startMs: startMs + minute * 60_000, value })
  }
  const at = (hour: number) => startMs + hour * 3_600_000
  const steps = Math.round(4000 + 7000 * random())
  samples.push({ ...common, metric: 'steps_count', unit: '{steps}', startMs, endMs: at(23), value: steps })
  samples.push({ ...common, metric: 'resting_heart_rate', unit: '/min', startMs: at(7), value: resting })
  samples.push({ ...common, metric: 'hrv_rmssd', unit: 'ms', startMs: at(7), value: Math.round(28 + 24 * random()) })
  return [...samples, ...nightOf(startMs, random)]
}

function nightOf(startMs: number, random: () => number): Sample[] {
  const samples: Sample[] = []
  let fromMs = startMs - 3_600_000 + Math.round(60 * random()) * 60_000
  for (let cycle = 0; cycle < 4; cycle++) {
    for (const [metric, minutes] of [
      ['light_sleep', 45 + 15 * random()],
      ['deep_sleep', 15 + 15 * random()],
      ['rem_sleep', 15 + 15 * random()],
    ] as const) {
      const value = Math.round(minutes)
      samples.push({ ...common, metric, unit: 'min', startMs: fromMs, endMs: fromMs + value * 60_000, value })
      fromMs += value * 60_000
    }
  }
  return samples
}

function glucoseDay(startMs: number, random: () => number): Sample[] {
  const meals = [8, 13, 19.5].map((hour) => ({ hour, carbs: Math.round(40 + 40 * random()) }))
  const carbs = meals.map(({ hour, carbs: value }) => ({
    ...{ ...common, metric: 'carb_event', unit: 'g', startMs: startMs + hour * 3_600_000, value },
  }))
  const readings = Array.from({ length: 288 }, (_value, index) => {
    const hour = index / 12
    const rise = meals.reduce((sum, meal) => {
      const since = hour - meal.hour
      return since <= 0 ? sum : sum + meal.carbs * 1.6 * since * Math.exp(1 - since) * 0.9
    }, 0)
    const value = Math.round(Math.min(320, Math.max(60, 102 + rise + 8 * (random() - 0.5))))
    return { ...common, metric: 'continuous_glucose', unit: 'mg/dL', startMs: startMs + index * 300_000, value }
  })
  return [...readings, ...carbs]
}
