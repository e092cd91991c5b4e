import { compose } from '../compose.ts'
import { desk } from '../kernel/desk/contract.ts'
import { openApiDocument } from '../kernel/openapi.ts'
import { VERSION } from './runtime.ts'

/** Prints the OpenAPI document of all services. */
export async function openapi(): Promise<number> {
  const { contracts } = await compose(['gateway'])
  process.stdout.write(`${JSON.stringify(openApiDocument([...contracts, desk], VERSION), null, 2)}\n`)
  return 0
}
