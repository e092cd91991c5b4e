import type { StreamHandler } from '../../kernel/service.ts'
import { fhir } from './contract.ts'
import { serve } from './handlers/dispatch.ts'

/** One handler for all: FHIR says by method and address what is asked, in a Bundle as on the wire. */
export const routes: Readonly<Record<string, StreamHandler>> = Object.fromEntries(
  Object.keys(fhir.streams).map((name) => [name, serve]),
)
