/**
 * The UCUM atoms this platform understands: the part of ucum.org's table that health data uses.
 * `factor` takes one unit to its base: metre, gram, second, degree Celsius, mole, equivalent, international unit.
 * Values are definitions (inch, pound, foot, mile: 1959 international agreement; m[Hg] and m[H2O]: UCUM table).
 */

export type Dimension =
  | 'length'
  | 'mass'
  | 'time'
  | 'temperature'
  | 'amount'
  | 'equivalent'
  | 'internationalUnit'
  | 'acidity'
  | 'soundLevel'

export type Dimensions = Readonly<Partial<Record<Dimension, number>>>

export interface UcumAtom {
  readonly factor: number
  readonly dimensions: Dimensions
  /** Takes prefixes such as `m` or `k`. */
  readonly metric?: true
  /** Base value = (value + offset) * factor; such an atom stands alone in an expression. */
  readonly offset?: number
}

const LENGTH: Dimensions = { length: 1 }
const AREA: Dimensions = { length: 2 }
const VOLUME: Dimensions = { length: 3 }
const MASS: Dimensions = { mass: 1 }
const TIME: Dimensions = { time: 1 }
const PRESSURE: Dimensions = { mass: 1, length: -1, time: -2 }
const ENERGY: Dimensions = { mass: 1, length: 2, time: -2 }
const POWER: Dimensions = { mass: 1, length: 2, time: -3 }
const AMOUNT: Dimensions = { amount: 1 }
const NONE: Dimensions = {}

const INCH_M = 0.0254
const POUND_G = 453.59237
const US_GALLON_M3 = 231 * INCH_M ** 3

export const UCUM_ATOMS: ReadonlyMap<string, UcumAtom> = new Map<string, UcumAtom>([
  ['m', { factor: 1, dimensions: LENGTH, metric: true }],
  ['[in_i]', { factor: INCH_M, dimensions: LENGTH }],
  ['[ft_i]', { factor: 12 * INCH_M, dimensions: LENGTH }],
  ['[yd_i]', { factor: 36 * INCH_M, dimensions: LENGTH }],
  ['[mi_i]', { factor: 1609.344, dimensions: LENGTH }],
  ['[sft_i]', { factor: (12 * INCH_M) ** 2, dimensions: AREA }],
  ['g', { factor: 1, dimensions: MASS, metric: true }],
  ['[lb_av]', { factor: POUND_G, dimensions: MASS }],
  ['[oz_av]', { factor: POUND_G / 16, dimensions: MASS }],
  ['[stone_av]', { factor: POUND_G * 14, dimensions: MASS }],
  ['s', { factor: 1, dimensions: TIME, metric: true }],
  ['min', { factor: 60, dimensions: TIME }],
  ['h', { factor: 3600, dimensions: TIME }],
  ['d', { factor: 86_400, dimensions: TIME }],
  ['wk', { factor: 604_800, dimensions: TIME }],
  ['mo', { factor: 2_629_800, dimensions: TIME }],
  ['a', { factor: 31_557_600, dimensions: TIME }],
  ['Hz', { factor: 1, dimensions: { time: -1 }, metric: true }],
  ['L', { factor: 1e-3, dimensions: VOLUME, metric: true }],
  ['l', { factor: 1e-3, dimensions: VOLUME, metric: true }],
  ['[cup_us]', { factor: US_GALLON_M3 / 16, dimensions: VOLUME }],
  ['[pt_us]', { factor: US_GALLON_M3 / 8, dimensions: VOLUME }],
  ['[qt_us]', { factor: US_GALLON_M3 / 4, dimensions: VOLUME }],
  ['[gal_us]', { factor: US_GALLON_M3, dimensions: VOLUME }],
  ['[foz_us]', { factor: US_GALLON_M3 / 128, dimensions: VOLUME }],
  ['[tbs_us]', { factor: US_GALLON_M3 / 256, dimensions: VOLUME }],
  ['[tsp_us]', { factor: US_GALLON_M3 / 768, dimensions: VOLUME }],
  ['Pa', { factor: 1000, dimensions: PRESSURE, metric: true }],
  ['bar', { factor: 1e8, dimensions: PRESSURE, metric: true }],
  ['m[Hg]', { factor: 133_322_000, dimensions: PRESSURE, metric: true }],
  ['m[H2O]', { factor: 9_806_650, dimensions: PRESSURE, metric: true }],
  ['J', { factor: 1000, dimensions: ENERGY, metric: true }],
  ['cal', { factor: 4184, dimensions: ENERGY, metric: true }],
  ['cal_th', { factor: 4184, dimensions: ENERGY, metric: true }],
  ['[Cal]', { factor: 4_184_000, dimensions: ENERGY }],
  ['W', { factor: 1000, dimensions: POWER, metric: true }],
  ['Cel', { factor: 1, dimensions: { temperature: 1 }, offset: 0 }],
  ['K', { factor: 1, dimensions: { temperature: 1 }, offset: -273.15 }],
  ['[degF]', { factor: 5 / 9, dimensions: { temperature: 1 }, offset: -32 }],
  ['mol', { factor: 1, dimensions: AMOUNT, metric: true }],
  ['osm', { factor: 1, dimensions: AMOUNT, metric: true }],
  ['kat', { factor: 1, dimensions: { amount: 1, time: -1 }, metric: true }],
  ['U', { factor: 1e-6 / 60, dimensions: { amount: 1, time: -1 }, metric: true }],
  ['eq', { factor: 1, dimensions: { equivalent: 1 }, metric: true }],
  ['[iU]', { factor: 1, dimensions: { internationalUnit: 1 }, metric: true }],
  ['[IU]', { factor: 1, dimensions: { internationalUnit: 1 }, metric: true }],
  ['[pH]', { factor: 1, dimensions: { acidity: 1 } }],
  ['dB', { factor: 1, dimensions: { soundLevel: 1 } }],
  ['%', { factor: 0.01, dimensions: NONE }],
  ['[ppth]', { factor: 1e-3, dimensions: NONE }],
  ['[ppm]', { factor: 1e-6, dimensions: NONE }],
])

export const UCUM_PREFIXES: ReadonlyMap<string, number> = new Map([
  ['M', 1e6],
  ['k', 1e3],
  ['h', 1e2],
  ['da', 1e1],
  ['d', 1e-1],
  ['c', 1e-2],
  ['m', 1e-3],
  ['u', 1e-6],
  ['n', 1e-9],
  ['p', 1e-12],
  ['f', 1e-15],
])
