import { existsSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { compose } from '../../src/compose.ts'
import type { Setting } from '../../src/kernel/config.ts'
import type { Contract } from '../../src/kernel/contract.ts'
import { desk } from '../../src/kernel/desk/contract.ts'
import type { Service } from '../../src/kernel/service.ts'
import { frameSettings } from '../../src/kernel/settings.ts'
import { readTables, type TableFacts } from './database.ts'

export interface SettingsGroup {
  readonly name: string
  readonly settings: Readonly<Record<string, Setting>>
}

/** Everything that the pages are written from, in an order that does not change by itself. */
export interface Facts {
  readonly contracts: readonly Contract[]
  readonly services: readonly Service[]
  readonly settings: readonly SettingsGroup[]
  readonly tables: readonly TableFacts[]
}

/** Loads all services and migrates an empty database of its own to look at the tables. */
export async function gatherFacts(root: string): Promise<Facts> {
  const composition = await compose([])
  const byName = (left: { name: string }, right: { name: string }) => (left.name < right.name ? -1 : 1)
  const services = [...composition.services].sort((left, right) => byName(left.contract, right.contract))
  return {
    contracts: [...composition.contracts, desk].sort(byName),
    services,
    settings: [
      { name: 'frame', settings: frameSettings },
      ...(await adapterSettings(root)),
      ...services.map(({ contract, settings = {} }) => ({ name: contract.name, settings })),
    ].filter(({ settings }) => Object.keys(settings).length > 0),
    tables: await readTables(composition.migrations),
  }
}

/** Each adapter exports its settings, `<words>Settings`, beside the function that opens it. */
async function adapterSettings(root: string): Promise<SettingsGroup[]> {
  const folder = path.join(root, 'src/adapters')
  const groups: SettingsGroup[] = []
  for (const name of readdirSync(folder).sort()) {
    const file = path.join(folder, name, 'open.ts')
    if (!existsSync(file)) continue
    const module = (await import(pathToFileURL(file).href)) as Record<string, unknown>
    for (const [exported, value] of Object.entries(module)) {
      if (exported.endsWith('Settings') && isSettings(value)) groups.push({ name, settings: value })
    }
  }
  return groups
}

function isSettings(value: unknown): value is Readonly<Record<string, Setting>> {
  if (typeof value !== 'object' || value === null) return false
  return Object.values(value).every((one) => typeof (one as { variable?: unknown } | null)?.variable === 'string')
}
