import { readCcda } from '../../domain/ccda/document.ts'
import { readFhir } from '../../domain/fhirImport/bundle.ts'
import { readHl7 } from '../../domain/hl7v2/oru.ts'
import { type ImportedFile, ImportFault } from '../../domain/imported.ts'
import type { ExchangeOrder, ExchangeResult } from './protocol.ts'

/** Reads a file of a laboratory or clinic to its end. */
export function readExchanged({ reading, now }: ExchangeOrder, bytes: Uint8Array): ExchangeResult {
  try {
    const steps = reading === 'ccda' ? readCcda(bytes) : reading === 'fhir' ? readFhir(bytes) : readHl7(bytes, now)
    return { file: lastOf(steps), refusal: undefined, fault: undefined }
  } catch (error) {
    if (error instanceof ImportFault) return { file: undefined, refusal: error.message, fault: undefined }
    throw error
  }
}

function lastOf(steps: Generator<void, ImportedFile>): ImportedFile {
  for (;;) {
    const { done, value } = steps.next()
    if (done === true) return value
  }
}
