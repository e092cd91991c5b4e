import type { Environment } from '../kernel/config.ts'
import { createHousehold, removeHousehold } from './household.ts'
import { withPlatform } from './runtime.ts'

/** `demo` makes the demo household and prints its sign-in; `demo --remove` takes it away and prints the receipt. */
export function demo(args: readonly string[], environment: Environment): Promise<number> {
  // All services take part, wherever they run otherwise.
  return withPlatform({ ...environment, SERVICES: '', PEERS: '' }, async (platform) => {
    if (args.includes('--remove')) {
      const receipt = await removeHousehold(platform)
      const lines = Object.entries(receipt).map(([table, count]) => `  ${String(count).padStart(7)}  ${table}`)
      const total = Object.values(receipt).reduce((sum, count) => sum + count, 0)
      process.stdout.write(`Removed the demo household: ${total} rows\n${lines.join('\n')}\n`)
      return 0
    }
    const household = await createHousehold(platform)
    const { email, password } = household.signIn
    process.stdout.write(
      `The demo household is there: ${household.people.length} people, ${household.rows} rows, all synthetic.\n` +
        `Sign in as  ${email}\nPassword    ${password}\nRemove it   npm run salus -- demo --remove\n`,
    )
    return 0
  })
}
