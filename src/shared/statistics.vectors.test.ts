import { equal, ok } from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { adjustPValues } from './statistics/adjust.ts'
import { kendall, pearson, spearman } from './statistics/correlation.ts'
import { median, quantile } from './statistics/descriptive.ts'
import { kendallCount } from './statistics/kendall.ts'
import { medianAbsoluteDeviation } from './statistics/robust.ts'
import { ewma, ewmaLimits } from './statistics/smoothing.ts'
import { mannKendall, theilSen } from './statistics/trend.ts'

/** Results of base R and the NIST handbook, kept beside the repository and never in it. */
interface Vectors {
  p_adjust: Record<'p' | 'BH' | 'holm' | 'bonferroni' | 'BY', number[]>
  cor_hollander_wolfe: Record<
    'kendall_tau' | 'kendall_T' | 'kendall_p' | 'spearman_rho' | 'spearman_p' | 'pearson_r' | 'pearson_p',
    number
  > & { x: number[]; y: number[]; pearson_ci: [number, number] }
  ewma_nist: Record<'lambda' | 'target' | 's' | 'ucl' | 'lcl', number> & { x: number[]; ewma: number[] }
  quantile7_nile: number[]
  theil_sen: Record<'nile' | 'nhtemp', { slope: number; intercept_median_residual: number; n_pairs: number }>
  mann_kendall: Record<'nile' | 'nhtemp', Record<'n' | 'S' | 'varS' | 'z' | 'p' | 'tau', number>>
  mad: Record<'nile_mad' | 'nile_median' | 'nile_mad_raw', number>
  series: { Nile: number[]; nhtemp: number[] }
}

const file = new URL('../../../shared/vectors/timeseries_R.json', import.meta.url)
const skip = existsSync(file) ? false : 'skipped: ../shared/vectors/timeseries_R.json is not beside the repository'
const vectors: Vectors | undefined = skip ? undefined : JSON.parse(readFileSync(file, 'utf8'))

function vectorTest(name: string, check: (given: Vectors) => void): void {
  test(`R: ${name}`, { skip }, () => check(vectors as Vectors))
}

function near(actual: number | undefined, expected: number, relative = 1e-9): void {
  ok(
    actual !== undefined && Math.abs(actual - expected) <= relative * Math.max(1e-300, Math.abs(expected)),
    `${actual} is not ${expected}`,
  )
}

vectorTest('p-value adjustments', ({ p_adjust: given }) => {
  for (const [method, name] of [
    ['benjamini-hochberg', 'BH'],
    ['holm', 'holm'],
    ['bonferroni', 'bonferroni'],
    ['benjamini-yekutieli', 'BY'],
  ] as const)
    for (const [index, adjusted] of adjustPValues(given.p, method).entries())
      near(adjusted, given[name][index] as number)
})

vectorTest('correlations with their p', ({ cor_hollander_wolfe: given }) => {
  const moment = pearson(given.x, given.y)
  near(moment?.coefficient, given.pearson_r)
  near(moment?.p, given.pearson_p)
  near(moment?.interval?.[0], given.pearson_ci[0])
  near(moment?.interval?.[1], given.pearson_ci[1])
  const rank = spearman(given.x, given.y)
  near(rank?.coefficient, given.spearman_rho)
  near(rank?.p, given.spearman_p)
  const order = kendall(given.x, given.y)
  near(order?.coefficient, given.kendall_tau, 1e-10)
  near(order?.p, given.kendall_p)
  equal(kendallCount(given.x, given.y).concordant, given.kendall_T)
})

vectorTest('EWMA and its limits', ({ ewma_nist: given }) => {
  for (const [index, level] of ewma(given.x, given.lambda, given.target).entries())
    ok(Math.abs(level - (given.ewma[index] as number)) <= 0.0051)
  const limits = ewmaLimits(given.target, given.s, given.lambda)
  near(limits.high, given.ucl)
  near(limits.low, given.lcl)
})

vectorTest('quantiles of type 7', ({ quantile7_nile: given, series }) => {
  for (const [index, probability] of [0.05, 0.25, 0.5, 0.75, 0.95].entries())
    near(quantile(series.Nile, probability), given[index] as number)
})

vectorTest('Theil-Sen line', ({ theil_sen: given, series }) => {
  for (const [name, values] of [
    ['nile', series.Nile],
    ['nhtemp', series.nhtemp],
  ] as const) {
    const line = theilSen(
      values.map((_, index) => index),
      values,
    )
    near(line.slope, given[name].slope)
    near(line.intercept, given[name].intercept_median_residual)
    equal(line.pairCount, given[name].n_pairs)
  }
})

vectorTest('Mann-Kendall', ({ mann_kendall: given, series }) => {
  for (const [name, values] of [
    ['nile', series.Nile],
    ['nhtemp', series.nhtemp],
  ] as const) {
    const { n, s, varS, z, p, tau } = mannKendall(values)
    equal(n, given[name].n)
    equal(s, given[name].S)
    near(varS, given[name].varS)
    near(z, given[name].z)
    near(p, given[name].p)
    near(tau, given[name].tau)
  }
})

vectorTest('median absolute deviation', ({ mad: given, series }) => {
  near(medianAbsoluteDeviation(series.Nile), given.nile_mad)
  near(medianAbsoluteDeviation(series.Nile, 1), given.nile_mad_raw)
  near(median(series.Nile), given.nile_median)
})
