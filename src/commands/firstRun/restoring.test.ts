import assert from 'node:assert/strict'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, before, beforeEach, describe, test } from 'node:test'
import { recoverRestore } from './recovering.ts'
import { restoreInstead, uploadFile } from './restoring.ts'

describe('a restore in the place of what is there', () => {
  let root = ''
  let folder = ''
  before(() => {
    root = mkdtempSync(path.join(tmpdir(), 'salus-restoring-'))
  })
  beforeEach(() => {
    folder = mkdtempSync(path.join(root, 'data-'))
  })
  after(() => rmSync(root, { recursive: true, force: true }))

  const put = (name: string, text: string) => {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true })
    writeFileSync(path.join(folder, name), text)
  }
  const read = (name: string) => readFileSync(path.join(folder, name), 'utf8')

  test('one that was cut is undone at the next start: what was moved aside is back, the half-made is gone', () => {
    put('before-restore/keys/token', 'old key')
    put('before-restore/postgres/PG_VERSION', 'old')
    put('keys/token', 'half a key')
    put('files/ab/half', 'half a file')
    put('restore/upload.backup', 'bytes')
    put('backups/kept.backup', 'kept')
    recoverRestore(folder)
    assert.equal(read('keys/token'), 'old key')
    assert.equal(read('postgres/PG_VERSION'), 'old')
    assert.equal(read('backups/kept.backup'), 'kept')
    for (const gone of ['before-restore', 'restore', 'files']) {
      assert.ok(!existsSync(path.join(folder, gone)), gone)
    }
  })

  test('one that was cut while it moved things aside loses nothing', () => {
    put('before-restore/keys/token', 'old key')
    put('postgres/PG_VERSION', 'old')
    recoverRestore(folder)
    assert.equal(read('keys/token'), 'old key')
    assert.equal(read('postgres/PG_VERSION'), 'old')
  })

  test('one that had finished stays, and what it replaced goes', () => {
    put('before-restore.finished/keys/token', 'old key')
    put('keys/token', 'restored key')
    recoverRestore(folder)
    assert.equal(read('keys/token'), 'restored key')
    assert.ok(!existsSync(path.join(folder, 'before-restore.finished')))
  })

  test('a file that is no backup leaves everything as it was, and says why', async () => {
    put('keys/token', 'old key')
    put('postgres/anything', 'old')
    const file = uploadFile(folder)
    writeFileSync(file, 'no backup\n')
    const environment = { SALUS_DATA: folder, LOG_LEVEL: 'silent', ENVIRONMENT: 'test' }
    const end = await restoreInstead(environment, { file, passphrase: undefined }, () => undefined)
    assert.ok('fault' in end)
    assert.equal(read('keys/token'), 'old key')
    assert.equal(read('postgres/anything'), 'old')
    assert.ok(!existsSync(file))
  })
})
