/**
 * `node bench/start.ts`: how long Salus with its own database takes from the start of the process to the first healthy answer,
 * and how much memory it holds after the documented calls; then the same inside 512 MB and 0.1 CPU. See README.md.
 */
import { mkdir } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { runBench, temporaryFolder } from './lib/cleanup.ts'
import { documentedCalls } from './lib/documented.ts'
import { type Group, openGroup } from './lib/group.ts'
import { familyOf, freePort, memoryOf, processesIn, type Server, startServer, stopServer } from './lib/processes.ts'
import { buildSalus, salusCommand } from './lib/salus.ts'
import { median } from './lib/statistics.ts'
import { shown, table } from './lib/table.ts'
import { waitUntilHealthy } from './lib/web.ts'

const LIMIT_SECONDS = 175
const SMALL = { memoryMb: 512, cpus: 0.1 }
/** After the calls: what was only needed to answer them is let go. */
const SETTLE_MS = 2000

const { values: options } = parseArgs({
  options: {
    starts: { type: 'string', default: '5' },
    'small-starts': { type: 'string', default: '3' },
    direct: { type: 'boolean', default: false },
    'without-group': { type: 'boolean', default: false },
  },
})

interface Running {
  readonly server: Server
  readonly port: number
  readonly tookMs: number
}

interface Measured {
  readonly where: string
  readonly firstMs: number
  readonly laterMs: readonly number[]
  readonly nodeRssMb: number
  readonly databasePssMb: number
  readonly group: { readonly peakMb: number; readonly kills: number } | undefined
  readonly faults: readonly string[]
}

async function start(dataFolder: string, logFile: string, group: Group | undefined): Promise<Running> {
  const port = await freePort()
  const salus = salusCommand({ port, dataFolder, isDirect: options.direct })
  const [command, args] = group?.wrap(salus.command, salus.args) ?? [salus.command, salus.args]
  const startedAt = performance.now()
  const server = startServer('Salus', command, args, { env: salus.env, logFile })
  await waitUntilHealthy(server, port, group === undefined ? 30_000 : 60_000, group === undefined ? 2 : 10)
  return { server, port, tookMs: performance.now() - startedAt }
}

/** A fresh data folder, one first start, later starts on the same folder, and the memory of the last one. */
async function measure(where: string, folder: string, starts: number, group: Group | undefined): Promise<Measured> {
  const dataFolder = path.join(folder, `data-${group === undefined ? 'free' : 'small'}`)
  await mkdir(dataFolder)
  const logFile = `${dataFolder}.log`
  let running = await start(dataFolder, logFile, group)
  const firstMs = running.tookMs
  const laterMs: number[] = []
  for (let count = 0; count < starts; count++) {
    await stopServer(running.server)
    running = await start(dataFolder, logFile, group)
    laterMs.push(running.tookMs)
  }
  const faults = await documentedCalls(running.port)
  await sleep(SETTLE_MS)
  const database = await processesIn(dataFolder)
  const own = (await familyOf(running.server.pid)).filter((pid) => !database.includes(pid))
  const [node, postgres] = await Promise.all([memoryOf(own), memoryOf(database)])
  const use = await group?.use(running.server.pid)
  await stopServer(running.server)
  return { where, firstMs, laterMs, nodeRssMb: node.rssMb, databasePssMb: postgres.pssMb, group: use, faults }
}

function print(measured: readonly Measured[]): void {
  const heading = [
    '',
    'first start ms',
    'later starts ms',
    '(min-max)',
    'Node RSS MB',
    'database PSS MB',
    'group peak MB',
    'killed',
  ]
  const rows = measured.map(({ where, firstMs, laterMs, nodeRssMb, databasePssMb, group }) => [
    where,
    shown(firstMs),
    shown(median(laterMs)),
    `(${shown(Math.min(...laterMs))}-${shown(Math.max(...laterMs))})`,
    shown(nodeRssMb, 1),
    shown(databasePssMb, 1),
    shown(group?.peakMb ?? Number.NaN, 1),
    group === undefined ? '-' : shown(group.kills),
  ])
  console.log(`\n${table(heading, rows)}`)
  for (const { where, faults } of measured) for (const fault of faults) console.log(`FAILED (${where}): ${fault}`)
}

async function bench(): Promise<boolean> {
  const folder = await temporaryFolder()
  await buildSalus()
  const how = options.direct ? 'node dist/main.js start' : 'the launcher of npm start'
  console.log(`Node ${process.version}, ${how}; Salus with its own database, all services in one process`)
  const measured = [await measure('this machine', folder, Number(options.starts), undefined)]
  print(measured)
  if (!options['without-group']) {
    const group = await openGroup(SMALL)
    if ('how' in group) {
      console.log(`\nInside ${SMALL.memoryMb} MB and ${SMALL.cpus} CPU (${group.how}) ...`)
      measured.push(
        await measure(`${SMALL.memoryMb} MB, ${SMALL.cpus} CPU`, folder, Number(options['small-starts']), group),
      )
      print(measured)
    } else {
      console.log(`\nNot run inside ${SMALL.memoryMb} MB and ${SMALL.cpus} CPU: this machine allows no control group`)
      for (const reason of group.reasons) console.log(`  ${reason}`)
    }
  }
  return measured.every(({ faults, group }) => faults.length === 0 && (group?.kills ?? 0) === 0)
}

await runBench(LIMIT_SECONDS, bench)
