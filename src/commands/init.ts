import { parseArgs } from 'node:util'
import type { Environment } from '../kernel/config.ts'
import { systemCaller } from '../kernel/context.ts'
import { newId } from '../kernel/ids.ts'
import { auth } from '../services/auth/contract.ts'
import { withPlatform } from './runtime.ts'

/** Creates an administrator with a generated password, printed this once. */
export async function init(args: readonly string[], environment: Environment): Promise<number> {
  const { values } = parseArgs({ args: [...args], options: { email: { type: 'string' } } })
  const { email } = values
  if (email === undefined) {
    process.stderr.write('Usage: npm run salus -- init --email you@example.org\n')
    return 2
  }
  return withPlatform({ ...environment, SERVICES: '', PEERS: '' }, async (platform) => {
    const made = (await platform.door.call(auth.operations.createAdministrator, { email }, systemCaller(newId()))) as {
      email: string
      password: string
    }
    process.stdout.write(
      `Administrator ${made.email}\nPassword      ${made.password}\nIt is shown this once; change it after signing in.\n`,
    )
    return 0
  })
}
