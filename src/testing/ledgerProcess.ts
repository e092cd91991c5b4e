/**
 * A platform in a process of its own, for tests that kill it: `ledgerProcess.ts <databaseUrl> <hang|slow> <secondsAhead>`.
 * `hang` stops in the middle of whatever it does first and says so; `slow` takes a few milliseconds for everything.
 */
import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import { identityService, openFrame } from './frame.ts'
import { ledgerMigrations, ledgerService } from './ledger.ts'
import { notes } from './notes.ts'

const [databaseUrl = '', mode = 'slow', secondsAhead = '0'] = process.argv.slice(2)

const say = (word: string) => process.stdout.write(`${word}\n`)

async function middle(where: string): Promise<void> {
  if (mode === 'slow') return delay(2)
  say(`middle of ${where}`)
  await new Promise(() => setInterval(() => undefined, 1000))
}

const service = ledgerService(middle)
const addAndHang: typeof service.handlers = {
  ...service.handlers,
  [notes.operations.add.name]: async (context, input) => {
    const answer = await service.handlers.add?.(context, input as never)
    await middle('request')
    return answer as never
  },
}

const ahead = Number(secondsAhead) * 1000
const frame = await openFrame({
  services: [identityService(), { ...service, handlers: addAndHang }],
  migrations: [ledgerMigrations],
  database: {
    url: databaseUrl,
    owner: new pg.Pool({ connectionString: databaseUrl }),
    cutOff: async () => async () => undefined,
    drop: async () => undefined,
  },
  clock: { now: () => new Date(Date.now() + ahead) } as never,
  isAutomatic: true,
})
say(`ready ${await frame.listen()}`)
