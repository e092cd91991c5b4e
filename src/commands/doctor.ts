import { notificationSettings } from '../adapters/notifications/open.ts'
import { compose } from '../compose.ts'
import { type Environment, type ReadSetting, readSettings } from '../kernel/config.ts'
import { megabytes, memoryLimitBytes } from '../kernel/memory.ts'
import { frameSettings, readFrameSettings } from '../kernel/settings.ts'

/** Prints every setting with its value, source and effect, and what is wrong. Exit code 1 when something is. */
export async function doctor(environment: Environment): Promise<number> {
  const { services } = await compose([])
  const groups: [string, ReadSetting[]][] = [
    ['frame', readSettings(frameSettings, environment)],
    ['notifications', readSettings(notificationSettings, environment)],
    ...services.map((service): [string, ReadSetting[]] => [
      service.contract.name,
      readSettings(service.settings ?? {}, environment),
    ]),
  ]
  for (const [name, settings] of groups) {
    if (settings.length > 0) process.stdout.write(`\n${name}\n${settings.map(settingLine).join('')}`)
  }
  const faults = [
    ...groups.flatMap(([, settings]) => settings.flatMap((one) => one.fault ?? [])),
    ...crossFaults(environment),
  ]
  const limit = megabytes(memoryLimitBytes(Number(environment.MEMORY_LIMIT_MB ?? 0) || 0))
  process.stdout.write(`\nNode ${process.version}, memory limit ${limit}\n`)
  for (const fault of new Set(faults)) process.stdout.write(`WRONG  ${fault}\n`)
  if (faults.length === 0) process.stdout.write('Nothing is wrong.\n')
  return faults.length === 0 ? 0 : 1
}

function settingLine({ setting, value, source }: ReadSetting): string {
  const isSet = value !== undefined && value !== ''
  const shown = setting.isSecret && isSet ? '(secret)' : isSet ? String(value) : '(unset)'
  return `  ${setting.variable.padEnd(28)} ${shown.padEnd(28)} ${source === 'default' ? '' : `from ${source}; `}${setting.doc}\n`
}

function crossFaults(environment: Environment): string[] {
  try {
    readFrameSettings(environment)
    return []
  } catch (error) {
    return [(error as Error).message]
  }
}
