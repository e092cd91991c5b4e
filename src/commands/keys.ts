import type { Environment } from '../kernel/config.ts'
import { masterId } from '../kernel/encryption/masterKeys.ts'
import { masterSecrets, rotateKeptSecret } from '../kernel/settings.ts'
import { openRuntime } from './opening.ts'
import { withPlatform } from './runtime.ts'

const USAGE = `Usage: npm run salus -- keys [rotate]

keys         shows the ids of the master keys, the current one first
keys rotate  makes a new master key in the data folder and wraps everybody's keys with it; nothing stops meanwhile
`

/** Shows or changes the master key. Exit code 1 when content waits for a key that is missing, 2 for a wrong use. */
export async function keysCommand(args: readonly string[], environment: Environment): Promise<number> {
  const [word, ...rest] = args
  if (rest.length > 0 || (word !== undefined && word !== 'rotate')) {
    process.stderr.write(USAGE)
    return 2
  }
  const { settings, dataFolder } = openRuntime(environment)
  if (word === 'rotate') {
    if (settings.masterKey !== undefined) {
      process.stderr.write(
        'The master key comes from SALUS_MASTER_KEY: set it to the new key and SALUS_OTHER_MASTER_KEYS to this one.\n',
      )
      return 2
    }
    rotateKeptSecret(dataFolder, 'master')
  }
  const [current, ...others] = masterSecrets(dataFolder, settings).map(masterId)
  process.stdout.write(`current  ${current}\n${others.map((id) => `other    ${id}\n`).join('')}`)
  return withPlatform({ ...environment, SERVICES: '', PEERS: '' }, async ({ keeping }) => {
    const { rewrapped, unreadable } = await keeping.encryption.rewrap()
    process.stdout.write(`${rewrapped} people's keys were wrapped anew; ${unreadable} wait for a key that is missing\n`)
    return unreadable === 0 ? 0 : 1
  })
}
