import assert from 'node:assert/strict'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, test } from 'node:test'
import { startProcess } from '../testing/processes.ts'
import {
  flagSetting,
  listSetting,
  numberSetting,
  readSettings,
  settingValues,
  textSetting,
  wordSetting,
} from './config.ts'
import { frameSettings, keptSecret, peerMap, readFrameSettings } from './settings.ts'

const LONG = 'a-secret-of-more-than-thirty-two-characters'

describe('settings', () => {
  test('none is required: an empty environment gives the defaults', () => {
    const settings = readFrameSettings({})
    assert.equal(settings.port, 8000)
    assert.equal(settings.environment, 'development')
    assert.equal(settings.databaseUrl, undefined)
  })

  test('every variable says what it does, and no two are the same', () => {
    const declared = Object.values(frameSettings)
    for (const { doc, variable } of declared) assert.ok(doc.length > 5, variable)
    const names = declared.flatMap(({ variable, aliases }) => [variable, ...aliases])
    assert.equal(new Set(names).size, names.length)
  })

  test('every fault is named in one error, by the variable that was set', () => {
    const read = () =>
      readFrameSettings({ GATEWAY_PORT: 'x', RATE_LIMIT_PER_MINUTE: '-1', DEMO_MODE: 'maybe', LOG_LEVEL: 'loud' })
    assert.throws(read, (error: Error) => {
      for (const part of [
        'GATEWAY_PORT must be a number from 0 to 65535',
        'RATE_LIMIT_PER_MINUTE',
        'DEMO_MODE',
        'LOG_LEVEL',
      ]) {
        assert.ok(error.message.includes(part), error.message)
      }
      return true
    })
  })

  test('a fault does not show the value, which may be a secret in the wrong place', () => {
    assert.throws(
      () => readFrameSettings({ PORT: LONG }),
      (error: Error) => !error.message.includes(LONG),
    )
    assert.throws(
      () => peerMap([`notes=http://user:${LONG}@host/path`]),
      (error: Error) => !error.message.includes(LONG),
    )
  })

  test('a name wins over its aliases; empty is unset; where a value came from is said', () => {
    const declared = { port: numberSetting('A', { aliases: ['B'], doc: 'x', minimum: 0, maximum: 9, defaultValue: 1 }) }
    assert.deepEqual(settingValues(declared, { B: '3' }), { port: 3 })
    assert.deepEqual(settingValues(declared, { A: '2', B: '3' }), { port: 2 })
    assert.deepEqual(settingValues(declared, { A: '', B: '' }), { port: 1 })
    assert.deepEqual(
      readSettings(declared, { B: '3' }).map(({ source }) => source),
      ['B'],
    )
    assert.deepEqual(
      readSettings(declared, {}).map(({ source }) => source),
      ['default'],
    )
  })

  test('each kind reads what it says and refuses the rest', () => {
    const doc = { doc: 'x' }
    const flag = flagSetting('F', { ...doc, defaultValue: false })
    for (const word of ['1', 'TRUE', 'yes', 'On']) assert.equal(flag.parse(word), true)
    for (const word of ['0', 'False', 'NO', 'off']) assert.equal(flag.parse(word), false)
    assert.throws(() => flag.parse('2'), /true or false/)
    assert.deepEqual(listSetting('L', { ...doc, defaultValue: [] }).parse(' a, b ,,c '), ['a', 'b', 'c'])
    assert.equal(wordSetting('W', ['red', 'blue'], { ...doc, defaultValue: 'red' }).parse('BLUE'), 'blue')
    const number = numberSetting('N', { ...doc, minimum: 0, maximum: 9, defaultValue: 1 })
    for (const text of ['', ' ', 'NaN', 'Infinity', '1e9', '-0.1', '5x']) assert.throws(() => number.parse(text), text)
    assert.equal(textSetting('T', { ...doc, defaultValue: undefined }).parse('as is '), 'as is ')
  })

  test('production refuses weak secrets and the demo, naming each', () => {
    const production = (more: Record<string, string>) => readFrameSettings({ ENVIRONMENT: 'production', ...more })
    for (const weak of ['secret', 'changeme', 'x'.repeat(31), 'your-secret-key-change-it-in-production-please']) {
      assert.throws(() => production({ JWT_SECRET: weak }), /SECRET_KEY is weak/, weak)
      assert.throws(() => production({ SALUS_INTERNAL_KEY: weak }), /SALUS_INTERNAL_KEY is weak/, weak)
    }
    assert.throws(() => production({ DEMO_MODE: '1' }), /DEMO_MODE may not be on/)
    assert.equal(production({ SECRET_KEY: LONG }).secretKey, LONG)
    assert.equal(readFrameSettings({ SECRET_KEY: 'secret' }).secretKey, 'secret', 'elsewhere they are let through')
  })

  test('peers are names with origins', () => {
    assert.deepEqual(
      [...peerMap(['notes=http://127.0.0.1:8001/', 'a-b=https://x'])],
      [
        ['notes', 'http://127.0.0.1:8001'],
        ['a-b', 'https://x'],
      ],
    )
    for (const wrong of ['notes', 'notes=ftp://x', '=http://x', 'Notes=http://x', 'notes=http://x/path']) {
      assert.throws(() => peerMap([wrong]), /is not name=http/, wrong)
    }
  })
})

describe('kept secrets', () => {
  function inFolder(work: (folder: string) => void | Promise<void>) {
    return async () => {
      const folder = mkdtempSync(path.join(tmpdir(), 'salus-keys-'))
      try {
        await work(folder)
      } finally {
        rmSync(folder, { recursive: true })
      }
    }
  }

  test(
    'a secret is made once, long, for its name only, and readable by nobody else',
    inFolder((folder) => {
      const first = keptSecret(folder, 'token', undefined)
      assert.ok(first.length >= 64)
      assert.equal(keptSecret(folder, 'token', undefined), first)
      assert.notEqual(keptSecret(folder, 'internal', undefined), first)
      const keys = path.join(folder, 'keys')
      assert.deepEqual(readdirSync(keys).toSorted(), ['internal.key', 'token.key'])
      assert.equal(statSync(path.join(keys, 'token.key')).mode & 0o777, 0o600)
      assert.equal(statSync(keys).mode & 0o777, 0o700)
    }),
  )

  test(
    'one from the environment is taken as it is and not kept',
    inFolder((folder) => {
      assert.equal(keptSecret(folder, 'token', LONG), LONG)
      assert.equal(existsSync(path.join(folder, 'keys')), false)
    }),
  )

  test(
    'a file that is empty or cut off is no secret, and is not replaced behind the back of what it was for',
    inFolder((folder) => {
      mkdirSync(path.join(folder, 'keys'))
      for (const left of ['', '\n', 'cut-off']) {
        writeFileSync(path.join(folder, 'keys', 'token.key'), left)
        assert.throws(() => keptSecret(folder, 'token', undefined), /token\.key holds no whole secret/)
      }
    }),
  )

  test(
    'processes that start at once agree on one',
    inFolder(async (folder) => {
      const processes = [1, 2, 3, 4].map(() => startProcess('secretProcess.ts', folder))
      const heard = await Promise.all(processes.map((one) => one.heard('secret')))
      assert.equal(new Set(heard).size, 1)
      assert.equal(heard[0], keptSecret(folder, 'token', undefined))
    }),
  )
})
