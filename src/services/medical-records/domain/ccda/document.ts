import {
  hl7Day,
  type ImportedFile,
  type ImportedItem,
  type ImportedPatient,
  ImportFault,
  known,
  MOST_ITEMS,
  MOST_SKIPPED,
  tidy,
} from '../imported.ts'
import type { Aside } from './aside.ts'
import { allergiesOf, immunizationsOf, medicationsOf, problemsOf, proceduresOf } from './entries.ts'
import { familyOf } from './family.ts'
import { type Section, sectionsOf } from './parts.ts'
import { resultsOf } from './results.ts'
import { vitalsOf } from './vitals.ts'
import { child, parseXml, textOf, type XmlNode } from './xml.ts'

type SectionReader = (section: Section, aside: Aside) => ImportedItem[]

const RESULTS = '30954-2'
/** Entries of a section that are read before others are let run. */
const SLICE = 100

/** Sections by their LOINC code (C-CDA R2.1); that of results is read by itself. */
const READERS: Readonly<Record<string, SectionReader>> = {
  '11450-4': problemsOf,
  '48765-2': allergiesOf,
  '10160-0': medicationsOf,
  '11369-6': immunizationsOf,
  '47519-4': proceduresOf,
  '10157-6': familyOf,
  '8716-3': vitalsOf,
}

/**
 * Reads a clinical document (C-CDA R2.1): results, problems, allergies, medicines, immunisations, procedures, illnesses in the
 * family and vital signs. Yields now
 * and then, so that the caller can let others run.
 * @throws ImportFault for what is no such document, or is too large
 */
export function* readCcda(bytes: Uint8Array): Generator<void, ImportedFile> {
  const document = yield* parseXml(decodeXml(bytes))
  if (document.name !== 'ClinicalDocument') throw new ImportFault('The file is no clinical document (C-CDA)')
  const aside: Aside = { skipped: [], withdrawn: [] }
  const items: ImportedItem[] = []
  yield
  for (const section of sectionsOf(document)) {
    const read = known(READERS, section.code)
    if (section.code === RESULTS) items.push(...(yield* resultsOf(section, aside)))
    else if (read !== undefined) {
      for (let at = 0; at < section.entries.length; at += SLICE) {
        items.push(...read({ ...section, entries: section.entries.slice(at, at + SLICE) }, aside))
        yield
      }
    } else if (section.entries.length > 0) {
      aside.skipped.push({ where: `section ${tidy(section.code, 20) ?? ''}`, why: 'The section is not taken' })
    }
    if (items.length > MOST_ITEMS) throw new ImportFault(`The file has more than ${MOST_ITEMS} entries`)
    yield
  }
  return {
    format: 'ccda',
    sender: senderOf(document),
    patient: patientOf(document),
    items,
    skipped: aside.skipped.slice(0, MOST_SKIPPED),
    places: {},
    withdrawn: aside.withdrawn,
    acknowledgement: null,
  }
}

/** The text of an XML file: by its byte-order mark, its declaration, else UTF-8. Unknown encodings are refused. */
function decodeXml(bytes: Uint8Array): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder('utf-16le').decode(bytes)
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder('utf-16be').decode(bytes)
  const head = new TextDecoder('windows-1252').decode(bytes.subarray(0, 200))
  const named = /<\?xml[^>]{0,100}encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']/.exec(head)?.[1] ?? 'utf-8'
  try {
    return new TextDecoder(named, { fatal: true }).decode(bytes)
  } catch {
    throw new ImportFault('The file is not in the encoding that it says')
  }
}

function patientOf(document: XmlNode): ImportedPatient {
  const patient = child(document, 'recordTarget', 'patientRole', 'patient')
  const name = child(patient, 'name')
  const given = textOf(child(name, 'given'), 100)
  const family = textOf(child(name, 'family'), 100)
  const gender = child(patient, 'administrativeGenderCode')?.attributes.code
  return {
    name: tidy(`${given} ${family}`, 200) ?? tidy(textOf(name, 200), 200),
    birthDate: hl7Day(child(patient, 'birthTime')?.attributes.value),
    sex: gender === 'F' ? 'female' : gender === 'M' ? 'male' : null,
  }
}

function senderOf(document: XmlNode): string | null {
  const custodian = child(document, 'custodian', 'assignedCustodian', 'representedCustodianOrganization', 'name')
  return tidy(textOf(custodian, 200), 200)
}
