import type { Environment } from '../kernel/config.ts'
import type { Contract } from '../kernel/contract.ts'
import { isConfigured, lazyService, type Outline, outlineOf } from '../kernel/outline.ts'
import type { Service } from '../kernel/service.ts'

/** The service as a built platform has it: known by its outline, and read at its first use. */
export function asBuilt(service: Service, contracts: readonly Contract[], environment: Environment): Service {
  const outline = JSON.parse(JSON.stringify(outlineOf(service))) as Outline
  return isConfigured(outline, environment) ? service : lazyService(outline, contracts, async () => service)
}
