import { answersIn, type Contender, type Endpoint, endpoints, errorsIn } from './measure.ts'
import type { PeerKey } from './peers.ts'
import { familyOf, type Memory, memoryOf } from './processes.ts'
import { median, merged, percentile, sum } from './statistics.ts'
import { shown, table } from './table.ts'

/** Above this share of a core the generator may hold the fastest peer back. */
const GENERATOR_LIMIT = 0.85

export interface Result {
  readonly key: PeerKey
  readonly title: string
  readonly endpoint: Endpoint
  readonly perSecond: number
  readonly slowestPerSecond: number
  readonly fastestPerSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly serverUs: number
  readonly databaseUs: number
  readonly bytes: number
  readonly errors: number
  readonly generatorShare: number
  readonly foreignShare: number
}

/** One peer's windows of one endpoint together: the median rate, CPU by all answers, percentiles of all latencies. */
export function resultOf({ peer, rounds }: Contender, endpoint: Endpoint): Result {
  const all = rounds[endpoint]
  const rates = all.map((round) => (answersIn(endpoint, round) / round.windowMs) * 1000)
  const answers = sum(all.map((round) => answersIn(endpoint, round)))
  const latencies = merged(all.map((round) => round.latenciesMs))
  const windowsUs = sum(all.map((round) => round.windowMs)) * 1000
  return {
    key: peer.key,
    title: peer.title,
    endpoint,
    perSecond: median(rates),
    slowestPerSecond: Math.min(...rates),
    fastestPerSecond: Math.max(...rates),
    p50Ms: percentile(latencies, 0.5),
    p99Ms: percentile(latencies, 0.99),
    serverUs: sum(all.map((round) => round.serverCpuUs)) / answers,
    databaseUs: sum(all.map((round) => round.databaseCpuUs)) / answers,
    bytes: sum(all.map((round) => round.bytes)) / answers,
    errors: sum(all.map((round) => errorsIn(endpoint, round))),
    generatorShare: sum(all.map((round) => round.cpuUs)) / windowsUs,
    foreignShare: sum(all.map((round) => round.foreignCpuUs)) / windowsUs,
  }
}

/** The results of every contender, endpoint by endpoint. */
export function resultsOf(contenders: readonly Contender[]): Result[] {
  return endpoints.flatMap((endpoint) => contenders.map((contender) => resultOf(contender, endpoint)))
}

const HEADING = ['', 'requests/s', '(min-max)', 'p50 ms', 'p99 ms', 'server us', 'database us', 'bytes', 'errors']

export function printResults(results: readonly Result[]): void {
  for (const endpoint of endpoints) {
    console.log(`\n${endpoint}`)
    const rows = results.filter((result) => result.endpoint === endpoint)
    console.log(table(HEADING, rows.map(resultRow)))
  }
}

function resultRow(result: Result): string[] {
  const range = `(${shown(result.slowestPerSecond)}-${shown(result.fastestPerSecond)})`
  const { perSecond, p50Ms, p99Ms, serverUs, databaseUs, bytes, errors } = result
  const times = [shown(p50Ms, 2), shown(p99Ms, 2), shown(serverUs), shown(databaseUs)]
  return [result.title, shown(perSecond), range, ...times, shown(bytes), shown(errors)]
}

/** Prints how the first peer stands to the second; `perCore` compares CPU time a request, which neighbours disturb least. */
export function printRatios(results: readonly Result[], pairs: readonly (readonly [PeerKey, PeerKey])[]): void {
  const rows = pairs.flatMap(([key, other]) =>
    endpoints.flatMap((endpoint) => {
      const [one, two] = [key, other].map((name) => results.find((it) => it.key === name && it.endpoint === endpoint))
      return one === undefined || two === undefined ? [] : [ratioRow(one, two)]
    }),
  )
  if (rows.length > 0) console.log(`\nRatios\n${table(['', 'requests/s', 'per core', 'with database', 'p50'], rows)}`)
}

function ratioRow(one: Result, two: Result): string[] {
  const times = (value: number) => `${shown(value, 2)}x`
  const withDatabase = (two.serverUs + two.databaseUs) / (one.serverUs + one.databaseUs)
  const ratios = [one.perSecond / two.perSecond, two.serverUs / one.serverUs, withDatabase, two.p50Ms / one.p50Ms]
  return [`${one.endpoint}: ${one.title} to ${two.title}`, ...ratios.map(times)]
}

export async function printMemory(contenders: readonly Contender[]): Promise<void> {
  const rows: string[][] = []
  for (const { peer, started } of contenders)
    rows.push([peer.title, ...cells(await memoryOf(await familyOf(started.server.pid)))])
  console.log(`\nMemory after the load\n${table(['', 'RSS MB', 'PSS MB'], rows)}`)
}

const cells = ({ rssMb, pssMb }: Memory) => [shown(rssMb, 1), shown(pssMb, 1)]

/** What a reader has to know before believing the numbers. */
export function printCaveats(results: readonly Result[]): void {
  const busiest = results.reduce((most, result) => (result.generatorShare > most.generatorShare ? result : most))
  const share = `${shown(busiest.generatorShare * 100)} % of a core at most (${busiest.endpoint}, ${busiest.title})`
  const isLimit = busiest.generatorShare > GENERATOR_LIMIT
  console.log(
    `\nThe load generator used ${share}${isLimit ? ': IT MAY BE THE BOTTLENECK there' : ': not the bottleneck'}`,
  )
  const foreign = results.map((result) => result.foreignShare * 100)
  console.log(
    `Others on this machine used ${shown(Math.min(...foreign))}-${shown(Math.max(...foreign))} % of a core during the windows`,
  )
}
