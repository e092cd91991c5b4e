import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, before, describe, test } from 'node:test'
import { type PlatformProcess, startPlatform } from '../platformProcess.ts'

describe('the door of the web client', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'salus-door-'))
  let platform: PlatformProcess
  before(async () => {
    platform = await startPlatform([], { SALUS_DATA: folder })
  })
  after(async () => {
    await platform.end('SIGTERM')
    rmSync(folder, { recursive: true, force: true })
  })

  const get = (url: string, headers: Record<string, string> = {}) => fetch(`${platform.origin}${url}`, { headers })

  test('a browser gets the page, a program the description', async () => {
    const page = await get('/app', { accept: 'text/html' })
    assert.match(await page.text(), /<div id="root">/)
    assert.match(page.headers.get('content-security-policy') ?? '', /default-src 'self'.*frame-ancestors 'none'/)
    assert.equal(page.headers.get('cache-control'), 'no-cache')
    assert.equal(((await (await get('/')).json()) as { app: string }).app, 'Salus')
    assert.equal((await get('/app/trends/weight')).status, 200)
  })

  test('nothing of the page comes from elsewhere; its files are good for ever and compressed', async () => {
    const html = await (await get('/app')).text()
    const links = [...html.matchAll(/(?:href|src)="([^"]+)"/g)].map((match) => match[1] as string)
    assert.ok(links.length > 3 && links.every((link) => link.startsWith('/')))
    for (const link of links.filter((one) => /-[A-Z0-9]{8}\./.test(one))) {
      const plain = await get(link, { 'accept-encoding': 'identity' })
      assert.equal(plain.headers.get('content-encoding'), null)
      const content = await plain.text()
      // Without encryption, on a network at home, a browser asks for no Brotli.
      for (const [asked, sent] of [
        ['gzip, deflate, br, zstd', 'br'],
        ['gzip, deflate', 'gzip'],
      ] as const) {
        const file = await get(link, { 'accept-encoding': asked })
        assert.equal(file.status, 200)
        assert.equal(file.headers.get('content-encoding'), sent)
        assert.equal(file.headers.get('cache-control'), 'public, max-age=31536000, immutable')
        assert.equal(await file.text(), content)
      }
    }
    for (const stranger of ['/web/nothing.js', '/web/..%2f..%2fpackage.json', '/web/page.html']) {
      assert.equal((await get(stranger)).status, 404)
    }
  })

  test('status and the page for developers need no scripts', async () => {
    const status = await (await get('/status')).text()
    assert.match(status, /Everything is running/)
    assert.doesNotMatch(status, /<script/)
    assert.match(await (await get('/developers')).text(), /Try the API/)
  })
})
