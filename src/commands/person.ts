import { parseArgs } from 'node:util'
import type { Environment } from '../kernel/config.ts'
import { isUuid } from '../kernel/ids.ts'
import { erasePerson, exportPerson } from '../kernel/personal.ts'
import type { Platform } from '../kernel/platform.ts'
import { withPlatform } from './runtime.ts'

/** Writes everything about one person to the standard output, as JSON. */
export function exportCommand(args: readonly string[], environment: Environment): Promise<number> {
  return forPerson(args, environment, async (platform, personId) => {
    const all = await exportPerson(platform.options.services, contextsOf(platform), personId)
    process.stdout.write(
      `${JSON.stringify({ person_id: personId, exported_at: platform.options.clock.now(), services: all }, null, 2)}\n`,
    )
    return 0
  })
}

/** Removes everything about one person and prints the receipt. Needs `--confirm`. */
export function eraseCommand(args: readonly string[], environment: Environment): Promise<number> {
  return forPerson(args, environment, async (platform, personId, isConfirmed) => {
    if (!isConfirmed) {
      process.stderr.write('This removes everything about the person and cannot be undone. Add --confirm.\n')
      return 2
    }
    const receipt = await erasePerson(platform.options.services, contextsOf(platform), platform, personId)
    process.stdout.write(
      `${JSON.stringify({ person_id: personId, erased_at: platform.options.clock.now(), rows: receipt }, null, 2)}\n`,
    )
    return 0
  })
}

async function forPerson(
  args: readonly string[],
  environment: Environment,
  work: (platform: Platform, personId: string, isConfirmed: boolean) => Promise<number>,
): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: { person: { type: 'string' }, confirm: { type: 'boolean' } },
  })
  const { person } = values
  if (person === undefined || !isUuid(person)) {
    process.stderr.write('Name the person by id: --person <uuid>\n')
    return 2
  }
  return withPlatform({ ...environment, SERVICES: '', PEERS: '' }, (platform) =>
    work(platform, person, values.confirm === true),
  )
}

function contextsOf(platform: Platform) {
  return (service: string, personId: string) => platform.systemContext(service, personId)
}
