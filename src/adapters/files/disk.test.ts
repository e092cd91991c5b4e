import assert from 'node:assert/strict'
import { mkdtempSync } from 'node:fs'
import { mkdir, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, it } from 'node:test'
import { newId } from '../../kernel/ids.ts'
import { openTestEncryption } from '../../testing/encryption.ts'
import { openDiskFiles } from './disk.ts'
import { describeFiles, type FilesBench } from './suite.ts'

async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => [])
  return entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name))
}

async function openBench(): Promise<FilesBench & { readonly folder: string }> {
  const kit = await openTestEncryption()
  const root = mkdtempSync(path.join(tmpdir(), 'salus-files-'))
  const folder = path.join(root, 'files')
  return {
    folder,
    files: openDiskFiles(folder, kit.encryption),
    storage: {
      everything: async () => {
        const all = await filesIn(folder)
        return Buffer.concat(
          (await Promise.all(all.map(async (file) => [Buffer.from(file), await readFile(file)]))).flat(),
        )
      },
      tamper: async (change) => {
        for (const file of await filesIn(folder)) await writeFile(file, change(await readFile(file)))
      },
      count: async () => (await filesIn(folder)).length,
    },
    eraseKey: kit.eraseKey,
    close: async () => {
      await kit.close()
      await rm(root, { recursive: true, force: true })
    },
  }
}

describeFiles('files on this disk', openBench)

describe('files on this disk', () => {
  it('are nobody else’s to read on this machine, and their folder is made with the first', async () => {
    const bench = await openBench()
    try {
      await assert.rejects(stat(bench.folder), { code: 'ENOENT' })
      assert.equal(await bench.files.eraseAll(newId()), 0)
      const of = { personId: newId(), area: 'speech' }
      async function* one() {
        yield Buffer.from('one')
      }
      await bench.files.store(of, one(), { maximumBytes: 10 })
      const [file = ''] = await filesIn(bench.folder)
      assert.equal((await stat(file)).mode & 0o077, 0)
      assert.equal((await stat(path.dirname(file))).mode & 0o077, 0)
    } finally {
      await bench.close()
    }
  })

  it('lose what a killed process left half written, and nothing younger', async () => {
    const bench = await openBench()
    try {
      assert.equal(await bench.files.removeAbandoned(new Date()), 0)
      const unfinished = path.join(bench.folder, 'unfinished')
      await mkdir(unfinished, { recursive: true })
      for (const [name, time] of [
        ['old', '2026-01-01T00:00:00Z'],
        ['young', '2026-03-01T00:00:00Z'],
      ] as const) {
        await writeFile(path.join(unfinished, name), 'half')
        await utimes(path.join(unfinished, name), new Date(time), new Date(time))
      }
      assert.equal(await bench.files.removeAbandoned(new Date('2026-02-01T00:00:00Z')), 1)
      assert.deepEqual(
        (await filesIn(bench.folder)).map((file) => path.basename(file)),
        ['young'],
      )
    } finally {
      await bench.close()
    }
  })
})
