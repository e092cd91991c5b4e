import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { Definitions, type SqueezedDefinitions } from '../domain/definitions.ts'
import type { SqueezedExtensions } from '../domain/extensions.ts'
import type { SqueezedProfiles } from '../domain/profileTree.ts'
import { type SqueezedTerminology, Terminology } from '../domain/terminology.ts'

/** Where the assets stand: beside the source, or beside the bundled server. */
const PLACES = ['../assets/', './assets/fhir/', '../assets/fhir/']

function readAsset(name: string): unknown {
  const files = PLACES.map((place) => fileURLToPath(new URL(`${place}${name}.json.gz`, import.meta.url)))
  const file = files.find((one) => existsSync(one))
  if (file === undefined) throw new Error(`assets/${name}.json.gz is missing: run node tools/fhir/squeeze.ts`)
  return JSON.parse(gunzipSync(readFileSync(file)).toString('utf8'))
}

/** Reads the squeezed definitions; 76 KB on disk, some ten milliseconds. */
export function readDefinitions(): Definitions {
  return new Definitions(readAsset('definitions') as SqueezedDefinitions)
}

/** Reads the code systems and value sets that come with R4; 440 KB on disk, some thirty milliseconds. */
export function readTerminology(): Terminology {
  return new Terminology(readAsset('terminology') as SqueezedTerminology)
}

/** Reads what R4's own extensions are; some 10 KB on disk. */
export function readExtensions(): SqueezedExtensions {
  return readAsset('extensions') as SqueezedExtensions
}

/** Reads the profiles that are checked: the International Patient Summary and vital signs; 5 KB on disk. */
export function readProfiles(): SqueezedProfiles {
  return readAsset('profiles') as SqueezedProfiles
}
