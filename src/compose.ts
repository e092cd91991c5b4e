import { existsSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Contract } from './kernel/contract.ts'
import { type Migration, readMigrations } from './kernel/migrate.ts'
import type { Service } from './kernel/service.ts'
import { board } from './services.ts'

const HERE = path.dirname(fileURLToPath(import.meta.url))

/** What of the board one process needs: all contracts, and the services that run here. */
export interface Composition {
  readonly contracts: readonly Contract[]
  readonly services: readonly Service[]
  readonly migrations: readonly { readonly service: string; readonly migrations: readonly Migration[] }[]
}

/** Loads all contracts and the named services (all when `names` is empty). Throws naming a service that doesn't exist. */
export async function compose(names: readonly string[]): Promise<Composition> {
  const wanted = names.filter((name) => name !== 'gateway')
  const unknown = wanted.find((name) => !board.some((entry) => entry.name === name))
  if (unknown !== undefined) {
    throw new Error(`There is no service "${unknown}"; there are ${board.map((entry) => entry.name).join(', ')}`)
  }
  const here = board.filter((entry) => (names.length === 0 ? true : wanted.includes(entry.name)))
  const contracts = await Promise.all(board.map((entry) => entry.contract()))
  const services = await Promise.all(here.map((entry) => entry.service()))
  return { contracts, services, migrations: migrationsOf(here.map((entry) => entry.name)) }
}

/** The SQL files of the frame and of the named services: beside the sources, or gathered by the build. */
export function migrationsOf(services: readonly string[]): Composition['migrations'] {
  // The build gathers them beside its entry; this module may lie in a chunk one folder below.
  const built = [path.join(HERE, 'migrations'), path.join(HERE, '..', 'migrations')].find((folder) =>
    existsSync(folder),
  )
  const folderOf = (service: string) => {
    if (built !== undefined) return path.join(built, service)
    return path.join(HERE, service === 'kernel' ? 'kernel' : path.join('services', service), 'migrations')
  }
  return ['kernel', ...services].map((service) => ({ service, migrations: readMigrations(service, folderOf(service)) }))
}
