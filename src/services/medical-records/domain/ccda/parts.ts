import { hl7Day, known, tidy } from '../imported.ts'
import { child, childrenOf, textOf, type XmlNode } from './xml.ts'

/** A section: its entries, and the texts that they point into. */
export interface Section {
  readonly code: string
  readonly entries: readonly XmlNode[]
  readonly texts: ReadonlyMap<string, string>
}

export interface Coded {
  readonly code: string | null
  readonly codeSystem: string | null
  readonly display: string | null
}

/** Object identifiers of code systems to their addresses in FHIR. */
const SYSTEMS: Readonly<Record<string, string>> = {
  '2.16.840.1.113883.6.1': 'http://loinc.org',
  '2.16.840.1.113883.6.96': 'http://snomed.info/sct',
  '2.16.840.1.113883.6.90': 'http://hl7.org/fhir/sid/icd-10-cm',
  '2.16.840.1.113883.6.3': 'http://hl7.org/fhir/sid/icd-10',
  '2.16.840.1.113883.6.88': 'http://www.nlm.nih.gov/research/umls/rxnorm',
  '2.16.840.1.113883.12.292': 'http://hl7.org/fhir/sid/cvx',
  '2.16.840.1.113883.6.12': 'http://www.ama-assn.org/go/cpt',
}
/** Elements of a section's narrative that are looked through for what entries point to. */
const MOST_NARRATIVE = 30_000
const OID = /^[0-9.]{3,100}$/

/** The sections of a document, one by one. */
export function* sectionsOf(document: XmlNode): Generator<Section> {
  const body = child(document, 'component', 'structuredBody')
  for (const section of childrenOf(body, 'component').flatMap((component) => childrenOf(component, 'section'))) {
    const texts = new Map<string, string>()
    const left = { nodes: MOST_NARRATIVE }
    collectTexts(child(section, 'text'), texts, left)
    yield { code: child(section, 'code')?.attributes.code ?? '', entries: childrenOf(section, 'entry'), texts }
  }
}

function collectTexts(node: XmlNode | undefined, into: Map<string, string>, left: { nodes: number }): void {
  left.nodes -= 1
  if (node === undefined || left.nodes < 0) return
  const id = node.attributes.ID
  if (id !== undefined && !into.has(id)) into.set(id, textOf(node, 500))
  for (const one of node.children) collectTexts(one, into, left)
}

/** A coded value: its own code or, where that is missing, a translation; its text from the narrative it points to. */
export function codedOf(node: XmlNode | undefined, section: Section): Coded {
  if (node === undefined) return { code: null, codeSystem: null, display: null }
  const choices = [node, ...childrenOf(node, 'translation')].filter((one) => one.attributes.code !== undefined)
  const chosen =
    choices.find(
      (one) => one.attributes.codeSystem !== undefined && known(SYSTEMS, one.attributes.codeSystem) !== undefined,
    ) ?? choices[0]
  const oid = chosen?.attributes.codeSystem
  const codeSystem = oid === undefined ? null : (known(SYSTEMS, oid) ?? (OID.test(oid) ? `urn:oid:${oid}` : null))
  const named = [chosen, node].map((one) => one?.attributes.displayName).find((name) => name !== undefined)
  return {
    code: codeSystem === null ? null : tidy(chosen?.attributes.code, 60),
    codeSystem: chosen?.attributes.code === undefined ? null : codeSystem,
    display: tidy(named, 300) ?? tidy(originalText(node, section), 300),
  }
}

/** The words behind a code: written in place, or by reference into the section's narrative. */
export function originalText(node: XmlNode | undefined, section: Section): string {
  const original = child(node, 'originalText') ?? child(node, 'text')
  const reference = child(original, 'reference')?.attributes.value
  if (reference?.startsWith('#')) return section.texts.get(reference.slice(1)) ?? ''
  return textOf(original, 500)
}

/** The first and last day of a time: `value`, or `low` and `high`. */
export function periodOf(node: XmlNode | undefined): { readonly start: string | null; readonly end: string | null } {
  const low = child(node, 'low')?.attributes.value
  const high = child(node, 'high')?.attributes.value
  return { start: hl7Day(low ?? node?.attributes.value), end: hl7Day(high) }
}

/** The identifier of an entry, for telling it from others. */
export function idOf(node: XmlNode): string {
  const id = child(node, 'id')
  const parts = [id?.attributes.root, id?.attributes.extension].filter((part) => part !== undefined)
  return parts.join('^').slice(0, 200)
}

/** Whether the entry says that something is not so. */
export function isNegated(node: XmlNode): boolean {
  return node.attributes.negationInd === 'true'
}
