import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { checkpoints, poolRows } from '../kernel/audit/read.ts'
import { type Checkpoint, checkpointLine, readCheckpointLine } from '../kernel/audit/signer.ts'
import { type AuditReport, verifyAudit } from '../kernel/audit/verify.ts'
import type { Environment } from '../kernel/config.ts'
import type { Platform } from '../kernel/platform.ts'
import { withPlatform } from './runtime.ts'

const USAGE = `Usage: npm run salus -- audit verify [--against <file>] [--key <public key>]
       npm run salus -- audit checkpoint

verify      reads the whole audit and names every row that was altered, dropped, inserted or moved
            --against  a file of checkpoints kept elsewhere, one a line: the audit must still contain each
            --key      a public key of before, when the signing key was changed
checkpoint  prints the newest signed checkpoint, to be kept elsewhere
`

/** Verifies the audit, or prints its newest checkpoint. Exit code 1 when something is wrong with it, 2 for a wrong use. */
export async function auditCommand(args: readonly string[], environment: Environment): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { against: { type: 'string' }, key: { type: 'string', multiple: true } },
  })
  const everywhere = { ...environment, SERVICES: '', PEERS: '' }
  switch (positionals.join(' ')) {
    case 'verify': {
      const kept = values.against === undefined ? [] : readKept(values.against)
      return withPlatform(everywhere, (platform) => verify(platform, kept, values.key ?? []))
    }
    case 'checkpoint':
      return withPlatform(everywhere, printCheckpoint)
    default:
      process.stderr.write(USAGE)
      return 2
  }
}

function readKept(file: string): Checkpoint[] {
  const lines = readFileSync(file, 'utf8').split('\n')
  return lines.filter((line) => line.trim() !== '').map(readCheckpointLine)
}

async function verify(platform: Platform, kept: readonly Checkpoint[], keys: readonly string[]): Promise<number> {
  const client = await platform.systemPool.connect()
  try {
    // One snapshot: rows that are written meanwhile are not half seen.
    await client.query('begin isolation level repeatable read read only')
    const publicKeys = [platform.audit.publicKey, ...keys]
    const report = await verifyAudit(client, { publicKeys, kept })
    process.stdout.write(reportText(report, platform.audit.publicKey))
    return report.faultCount === 0 ? 0 : 1
  } finally {
    await client.query('rollback')
    client.release()
  }
}

function reportText(report: AuditReport, publicKey: string): string {
  const { rows, erased, checkpoints: count, faults, faultCount } = report
  const lines = [
    `${rows} rows, ${erased} of them erased with the person they were about; ${count} signed checkpoints`,
    `public key ${publicKey}`,
    ...faults.map(({ kind, position, id, detail }) => {
      const where = [position === undefined ? '' : `row ${position}`, id ?? ''].filter((part) => part !== '').join(', ')
      return `${kind.toUpperCase().padEnd(10)} ${where === '' ? '' : `${where}: `}${detail}`
    }),
    ...(faultCount > faults.length ? [`and ${faultCount - faults.length} more`] : []),
    faultCount === 0 ? 'The audit is whole.' : `The audit is NOT whole: ${faultCount} faults.`,
  ]
  return `${lines.join('\n')}\n`
}

async function printCheckpoint(platform: Platform): Promise<number> {
  const [newest] = await checkpoints(poolRows(platform.systemPool), 1)
  if (newest === undefined) {
    process.stderr.write('The audit has no rows yet.\n')
    return 1
  }
  process.stdout.write(`${checkpointLine(newest)}\n`)
  return 0
}
