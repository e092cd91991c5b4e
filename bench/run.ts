/**
 * `node bench/run.ts`: the wellness endpoints of Salus, of a raw node:http server and of the sources' own stack, on one
 * PostgreSQL server, in one run. See README.md.
 */
import os from 'node:os'
import { parseArgs } from 'node:util'
import { runBench, temporaryFolder } from './lib/cleanup.ts'
import { canPin } from './lib/core.ts'
import { LoadGenerator } from './lib/load.ts'
import { type Contender, measureAll } from './lib/measure.ts'
import { type Peer, type PeerKey, peers, type Started } from './lib/peers.ts'
import { makePeople } from './lib/people.ts'
import { type Postgres, startPostgres } from './lib/postgres.ts'
import { stopServer } from './lib/processes.ts'
import { printCaveats, printMemory, printRatios, printResults, resultsOf } from './lib/report.ts'

const LIMIT_SECONDS = 175
const PAIRS: readonly (readonly [PeerKey, PeerKey])[] = [
  ['salus', 'fastapi'],
  ['salus', 'fastapi_tuned'],
  ['salus', 'node'],
  ['node', 'fastapi'],
  ['node', 'fastapi_tuned'],
]

const { values: options } = parseArgs({
  options: {
    'without-salus': { type: 'boolean', default: false },
    'pg-bin': { type: 'string' },
    connections: { type: 'string', default: '32' },
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '4' },
    'warm-up': { type: 'string', default: '2' },
    people: { type: 'string', default: '16' },
  },
})

async function prepare(peer: Peer, folder: string, postgres: Postgres): Promise<Contender | undefined> {
  let started: Started | undefined
  try {
    const databaseUrl = await postgres.createDatabase(`bench_${peer.key}`)
    started = await peer.start({ folder, databaseUrl })
    const people = await makePeople(peer, started, Number(options.people))
    console.log(`${peer.title} is ready (process ${started.server.pid})`)
    return { peer, started, people, rounds: { 'POST metric': [], 'GET trend': [] } }
  } catch (error) {
    console.log(`${peer.title}: not run: ${(error as Error).message}`)
    if (started === undefined) return undefined
    console.log(started.server.lastLines())
    await stopServer(started.server)
    return undefined
  }
}

async function bench(): Promise<boolean> {
  const folder = await temporaryFolder()
  const postgres = await startPostgres(folder, options['pg-bin'])
  const [cpu] = os.cpus()
  console.log(
    `${os.cpus().length} x ${cpu?.model ?? '?'}, Node ${process.version}, PostgreSQL ${postgres.version}, default configuration`,
  )
  console.log(canPin ? 'Every server is held on one core' : 'No taskset here: servers are not held on one core')
  const wanted = peers.filter((peer) => !(options['without-salus'] && peer.key === 'salus'))
  const contenders: Contender[] = []
  for (const peer of wanted) {
    const contender = await prepare(peer, folder, postgres)
    if (contender !== undefined) contenders.push(contender)
  }
  if (contenders.length === 0) throw new Error('No peer could run')
  const [connections, rounds] = [Number(options.connections), Number(options.rounds)]
  const [windowMs, warmUpMs] = [Number(options.seconds) * 1000, Number(options['warm-up']) * 1000]
  console.log(
    `${connections} connections, ${options['warm-up']} s warm-up, ${rounds} rounds of ${options.seconds} s, in turns`,
  )
  const plan = { connections, rounds, windowMs, warmUpMs, databasePid: postgres.server.pid }
  await measureAll(contenders, new LoadGenerator(), plan)
  const results = resultsOf(contenders)
  printResults(results)
  await printMemory(contenders)
  printRatios(results, PAIRS)
  printCaveats(results)
  const isRight = results.every((result) => result.errors === 0)
  if (!isRight) console.log('\nFAILED: some answers were wrong (column "errors")')
  return isRight && (options['without-salus'] || contenders.some((contender) => contender.peer.key === 'salus'))
}

await runBench(LIMIT_SECONDS, bench)
