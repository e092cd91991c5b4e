import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Environment } from './kernel/config.ts'
import type { Contract } from './kernel/contract.ts'
import { type Migration, readMigrations } from './kernel/migrate.ts'
import { isConfigured, lazyService, type Outline, outlineOf } from './kernel/outline.ts'
import type { Service } from './kernel/service.ts'
import { type BoardEntry, board } from './services.ts'

const HERE = path.dirname(fileURLToPath(import.meta.url))

/** What of the board one process needs: all contracts, and the services that run here. */
export interface Composition {
  readonly contracts: readonly Contract[]
  readonly services: readonly Service[]
  readonly migrations: readonly { readonly service: string; readonly migrations: readonly Migration[] }[]
}

/**
 * Loads all contracts and the named services (all when `names` is empty). Given the environment, a built platform reads the
 * code of a service only when somebody asks it for something. Throws naming a service that doesn't exist.
 */
export async function compose(names: readonly string[], environment?: Environment): Promise<Composition> {
  const wanted = names.filter((name) => name !== 'gateway')
  const unknown = wanted.find((name) => !board.some((entry) => entry.name === name))
  if (unknown !== undefined) {
    throw new Error(`There is no service "${unknown}"; there are ${board.map((entry) => entry.name).join(', ')}`)
  }
  const here = board.filter((entry) => (names.length === 0 ? true : wanted.includes(entry.name)))
  const contracts = await Promise.all(board.map((entry) => entry.contract()))
  const outlines = environment === undefined ? undefined : readOutlines()
  const services = await Promise.all(
    here.map((entry) => serviceOf(entry, contracts, outlines?.[entry.name], environment ?? {})),
  )
  return { contracts, services, migrations: migrationsOf(here.map((entry) => entry.name)) }
}

/** A service by its outline, or whole where there is none or its settings have to be read. */
async function serviceOf(
  entry: BoardEntry,
  contracts: readonly Contract[],
  outline: Outline | undefined,
  environment: Environment,
): Promise<Service> {
  if (outline === undefined || isConfigured(outline, environment)) return entry.service()
  return lazyService(outline, contracts, entry.service)
}

type Outlines = Readonly<Record<string, Outline>>

/** The outlines of all services, for the build. */
export async function outlineAll(): Promise<Outlines> {
  const { services } = await compose([])
  return Object.fromEntries(services.map((service) => [service.contract.name, outlineOf(service)]))
}

/** Those the build wrote; undefined where the platform runs from its sources. */
function readOutlines(): Outlines | undefined {
  const file = beside('outlines.json')
  return file === undefined ? undefined : (JSON.parse(readFileSync(file, 'utf8')) as Outlines)
}

/** The build gathers files beside its entry; this module may lie in a chunk one folder below. */
function beside(name: string): string | undefined {
  return [path.join(HERE, name), path.join(HERE, '..', name)].find((one) => existsSync(one))
}

/** The SQL files of the frame and of the named services: beside the sources, or gathered by the build. */
export function migrationsOf(services: readonly string[]): Composition['migrations'] {
  const built = beside('migrations')
  const folderOf = (service: string) => {
    if (built !== undefined) return path.join(built, service)
    return path.join(HERE, service === 'kernel' ? 'kernel' : path.join('services', service), 'migrations')
  }
  return ['kernel', ...services].map((service) => ({ service, migrations: readMigrations(service, folderOf(service)) }))
}
