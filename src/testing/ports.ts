import { rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { openDiskFiles } from '../adapters/files/disk.ts'
import type { Notice, OutsidePorts } from '../kernel/ports.ts'

let folderCount = 0
const folders = new WeakMap<OutsidePorts, string>()

/** The outside world of a test: messages are collected, files lie in a folder of their own, made with the first. */
export function testPorts(notices: Notice[] = [], channelsOff: readonly Notice['channel'][] = []): OutsidePorts {
  const through = (channel: Notice['channel']) => (channelsOff.includes(channel) ? undefined : 'this test')
  folderCount += 1
  const folder = path.join(tmpdir(), `salus-test-files-${process.pid}-${folderCount}`)
  const ports: OutsidePorts = {
    secrets: { tokenKey: 'a token key for tests that is long enough to be no shame' },
    notifications: {
      channels: { email: through('email'), sms: through('sms') },
      send: async (notice) => void notices.push(notice),
    },
    keys: { audit: 'a key that signs the audits of tests', master: () => ['a master key for tests'] },
    openFiles: (encryption) => openDiskFiles(folder, encryption),
  }
  folders.set(ports, folder)
  return ports
}

/** Where the files of a test lie; the folder is absent until there is one. */
export function testFilesFolder(ports: OutsidePorts): string {
  return folders.get(ports) as string
}

export function removeTestFiles(ports: OutsidePorts): void {
  rmSync(testFilesFolder(ports), { recursive: true, force: true })
}
