import assert from 'node:assert/strict'
import { type SpawnSyncReturns, spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, before, describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { checkLayout } from './layout/check.ts'
import { problemText } from './layout/problem.ts'
import { generateService } from './new-service/generate.ts'

const ROOT = path.dirname(path.dirname(fileURLToPath(import.meta.url)))
const COPIED = ['src', 'tools', 'package.json', 'tsconfig.json', 'biome.json']
/** A short name and the longest that is allowed: lines must fit, and must not be broken where they would fit. */
const NAMES = ['sleep-diary', 'x1', 'respite-days-of-the-caregivers']

describe('new-service', () => {
  let root: string
  before(() => {
    root = mkdtempSync(path.join(tmpdir(), 'salus-new-service-'))
    for (const name of COPIED) cpSync(path.join(ROOT, name), path.join(root, name), { recursive: true })
    symlinkSync(path.join(ROOT, 'node_modules'), path.join(root, 'node_modules'), 'junction')
    for (const name of NAMES) generateService(root, { name, category: 'wellness' })
  })
  after(() => rmSync(root, { recursive: true, force: true }))

  const node = (...args: string[]): SpawnSyncReturns<string> =>
    spawnSync(process.execPath, args, {
      cwd: root,
      encoding: 'utf8',
      // Otherwise the runner inside believes that it is a part of this one.
      env: { ...process.env, NODE_TEST_CONTEXT: undefined },
    })
  const tool = (name: string) => path.join('node_modules', ...name.split('/'))
  const written = NAMES.map((name) => `src/services/${name}`)
  const isOurs = (line: string) => written.some((folder) => line.replaceAll('\\', '/').includes(folder))

  test('fills in every template', () => {
    for (const folder of written) {
      const files = readdirSync(path.join(root, folder), { recursive: true, withFileTypes: true })
      const texts = files
        .filter((file) => file.isFile())
        .map((file) => readFileSync(path.join(file.parentPath, file.name), 'utf8'))
      assert.equal(texts.length, 9)
      assert.ok(texts.every((text) => !text.includes('{{')))
    }
  })

  test('the result is formatted and free of lint', () => {
    const run = node(tool('@biomejs/biome/bin/biome'), 'check', ...written, 'src/services.ts')
    assert.equal(run.status, 0, run.stdout + run.stderr)
  })

  test('the result has no type errors', () => {
    const run = node(tool('typescript/bin/tsc'), '-p', '.', '--pretty', 'false')
    assert.deepEqual(`${run.stdout}${run.stderr}`.split('\n').filter(isOurs), [])
  })

  test('the result keeps the layout, and the board knows it', () => {
    const { problems } = checkLayout(root)
    const ours = problems.filter(({ path: file, what }) => isOurs(file) || NAMES.some((name) => what.includes(name)))
    assert.deepEqual(ours.map(problemText), [])
  })

  test('the result passes its own tests', () => {
    const files = NAMES.slice(0, 2).flatMap((name) =>
      [`${name}.test.ts`, 'domain.test.ts'].map((file) => path.join('src/services', name, file)),
    )
    const run = node('--test', '--test-isolation=none', ...files)
    assert.equal(run.status, 0, run.stdout)
    assert.match(run.stdout, /tests 3\d\b/)
    assert.match(run.stdout, /fail 0/)
  })

  for (const [name, category, reason] of [
    ['Sleep', 'wellness', /no public name/],
    ['sleep_diary', 'wellness', /no public name/],
    ['../sleep', 'wellness', /no public name/],
    ['user', 'wellness', /means something else/],
    ['pg-stat', 'wellness', /means something else/],
    ['wellness', 'wellness', /a service "wellness" already/],
    ['sleep-diary', 'wellness', /a service "sleep-diary" already/],
    ['a'.repeat(31), 'wellness', /too long/],
    ['naps', 'sleep', /no category "sleep"; there are personal_info/],
  ] as const) {
    test(`refuses ${name} of ${category} and writes nothing`, () => {
      const board = readFileSync(path.join(root, 'src/services.ts'), 'utf8')
      assert.throws(() => generateService(root, { name, category }), reason)
      assert.equal(readFileSync(path.join(root, 'src/services.ts'), 'utf8'), board)
    })
  }
})
