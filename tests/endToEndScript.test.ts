import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { after, before, describe, test } from 'node:test'
import { promisify } from 'node:util'
import { board } from '../src/services.ts'
import { openTestPlatform, type TestPlatform } from '../src/testing.ts'
import { sharedFile } from './shared.ts'

const file = sharedFile('reference/e2e_s002.sh')

/** What the script prints of a step that a service of ours answers. */
const STEPS = [
  { service: 'auth', pattern: /Token: \S{10}/ },
  { service: 'user-profile', pattern: /=== Phase 1[\s\S]*\{[\s\S]*=== Phase 2/ },
  { service: 'health-tracking', pattern: /"metric_type": ?"heart_rate"/ },
] as const

describe('the end-to-end script of S002, unchanged but for its address', { skip: file.skip }, () => {
  let platform: TestPlatform

  before(async () => {
    platform = await openTestPlatform()
  })
  after(() => platform.close())

  test('it gets through the steps whose services exist, again and again', async () => {
    const origin = await platform.listen()
    const script = readFileSync(file.path, 'utf8').replace('https://your-service.onrender.com', origin)
    for (let run = 0; run < 2; run += 1) {
      const { stdout } = await promisify(execFile)('bash', ['-c', script])
      for (const { service, pattern } of STEPS) {
        if (board.some((entry) => entry.name === service)) assert.match(stdout, pattern, `${service} in run ${run}`)
      }
      for (const { name } of board) {
        if (stdout.includes(` ${name}: `)) assert.ok(stdout.includes(`✅ ${name}: UP`), `${name} is up`)
      }
    }
  })
})
