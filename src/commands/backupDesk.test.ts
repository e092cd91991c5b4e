import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, before, describe, test } from 'node:test'
import type { BackupDesk } from '../kernel/desk/backups.ts'
import { until } from '../testing/frame.ts'
import { openBackupDesk } from './backupDesk.ts'
import { openRuntime } from './opening.ts'

describe('what came of work on backups', () => {
  let dataFolder = ''
  const results = () => path.join(dataFolder, 'backups', 'results.json')
  /** The desk of a platform that was just started. */
  const started = () =>
    openBackupDesk(
      openRuntime({ SALUS_DATA: dataFolder, SALUS_BACKUP_PASSPHRASE: 'a passphrase for tests', LOG_LEVEL: 'silent' }),
    )
  const check = async (desk: BackupDesk, name: string) => {
    await desk.begin('check', name)
    await until('the check ends', () => desk.running === undefined)
  }

  before(() => {
    dataFolder = mkdtempSync(path.join(tmpdir(), 'salus-desk-'))
    mkdirSync(path.join(dataFolder, 'backups'))
    writeFileSync(path.join(dataFolder, 'backups', 'broken.backup'), 'no backup')
  })
  after(() => rmSync(dataFolder, { recursive: true, force: true }))

  test('is there after a restart, the newest first, and the last twenty of it', async () => {
    const desk = started()
    assert.equal(desk.results.length, 0)
    for (let count = 0; count < 21; count += 1) await check(desk, 'broken.backup')
    assert.equal(desk.results.length, 20)
    assert.deepEqual([desk.results[0]?.kind, desk.results[0]?.found], ['check', undefined])
    assert.ok((desk.results[0]?.fault ?? '') !== '')
    assert.deepEqual(started().results, desk.results)
  })

  test('work that was running when the platform ended is told as failed', () => {
    const running = { kind: 'backup', name: 'cut.backup', startedAt: new Date('2026-06-15T10:00:00Z') }
    writeFileSync(results(), JSON.stringify({ running, results: [] }))
    const [cut] = started().results
    assert.deepEqual([cut?.kind, cut?.name, cut?.startedAt], [running.kind, running.name, running.startedAt])
    assert.match(cut?.fault ?? '', /ended before/)
  })

  test('a file of them that is broken is as good as none', async () => {
    writeFileSync(results(), '{"results":')
    const desk = started()
    assert.deepEqual(desk.results, [])
    await check(desk, 'broken.backup')
    assert.equal(started().results.length, 1)
  })
})
