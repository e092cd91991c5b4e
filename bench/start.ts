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
import {
  cpuUsOf,
  familyOf,
  freePort,
  memoryOf,
  processesIn,
  type Server,
  startServer,
  stopServer,
} from './lib/processes.ts'
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
  /** CPU time of Node up to the first answer: what a slow instance divides by its share of a core. */
  readonly cpuMs: number
}

interface Measured {
  readonly where: string
  readonly firstMs: number
  readonly laterMs: readonly number[]
  readonly laterCpuMs: number
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
  const tookMs = performance.now() - startedAt
  const { node } = await processesOf(server, dataFolder)
  return { server, port, tookMs, cpuMs: (await cpuUsOf(node)) / 1000 }
}

/** The database's processes are known by their folder; the rest of the family is Node. */
async function processesOf(server: Server, dataFolder: string): Promise<{ node: number[]; database: number[] }> {
  const database = await processesIn(dataFolder)
  return { database, node: (await familyOf(server.pid)).filter((pid) => !database.includes(pid)) }
}

/** A fresh data folder, one first start, later starts on the same folder, and the memory of the last one. */
async function measure(where: string, folder: string, starts: number, group: Group | undefined): Promise<Measured> {
  const dataFolder = path.join(folder, `data-${group === undefined ? 'free' : 'small'}`)
  await mkdir(dataFolder)
  const logFile = `${dataFolder}.log`
  let running = await start(dataFolder, logFile, group)
  const firstMs = running.tookMs
  const later: Running[] = []
  for (let count = 0; count < starts; count++) {
    await stopServer(running.server)
    running = await start(dataFolder, logFile, group)
    later.push(running)
  }
  const faults = await documentedCalls(running.port)
  await sleep(SETTLE_MS)
  const processes = await processesOf(running.server, dataFolder)
  const [node, postgres] = await Promise.all([memoryOf(processes.node), memoryOf(processes.database)])
  const use = await group?.use(running.server.pid)
  await stopServer(running.server)
  const laterCpuMs = median(later.map(({ cpuMs }) => cpuMs))
  const laterMs = later.map(({ tookMs }) => tookMs)
  return {
    where,
    firstMs,
    laterMs,
    laterCpuMs,
    nodeRssMb: node.rssMb,
    databasePssMb: postgres.pssMb,
    group: use,
    faults,
  }
}

const HEADING = ['', 'first start ms', 'later ms', '(min-max)', 'Node CPU ms', 'Node RSS MB', 'database PSS MB']

function print({ where, firstMs, laterMs, laterCpuMs, nodeRssMb, databasePssMb, group, faults }: Measured): void {
  const range = `(${shown(Math.min(...laterMs))}-${shown(Math.max(...laterMs))})`
  const times = [shown(firstMs), shown(median(laterMs)), range, shown(laterCpuMs)]
  console.log(`\n${table(HEADING, [[where, ...times, shown(nodeRssMb, 1), shown(databasePssMb, 1)]])}`)
  if (group !== undefined)
    console.log(`Group peak ${shown(group.peakMb, 1)} MB; killed for want of memory: ${group.kills}`)
  for (const fault of faults) console.log(`FAILED: ${fault}`)
}

async function bench(): Promise<boolean> {
  const folder = await temporaryFolder()
  await buildSalus()
  const how = options.direct ? 'node dist/main.js start' : 'the launcher of npm start'
  console.log(`Node ${process.version}, ${how}; Salus with its own database, all services in one process`)
  const measured = [await measure('this machine', folder, Number(options.starts), undefined)]
  measured.forEach(print)
  if (!options['without-group']) {
    const group = await openGroup(SMALL)
    if ('how' in group) {
      console.log(`\nInside ${SMALL.memoryMb} MB and ${SMALL.cpus} CPU (${group.how}) ...`)
      const small = await measure(
        `${SMALL.memoryMb} MB, ${SMALL.cpus} CPU`,
        folder,
        Number(options['small-starts']),
        group,
      )
      print(small)
      measured.push(small)
    } else {
      console.log(`\nNot run inside ${SMALL.memoryMb} MB and ${SMALL.cpus} CPU: this machine allows no control group`)
      for (const reason of group.reasons) console.log(`  ${reason}`)
    }
  }
  return measured.every(({ faults, group }) => faults.length === 0 && (group?.kills ?? 0) === 0)
}

await runBench(LIMIT_SECONDS, bench)
