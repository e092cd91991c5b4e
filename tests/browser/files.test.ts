import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { before, describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { bundleWeb, type WebBundle } from '../../src/commands/webBundle.ts'
import { compose } from '../../src/compose.ts'
import { desk } from '../../src/kernel/desk/contract.ts'

const ROOT = path.join(path.dirname(fileURLToPath(import.meta.url)), '..', '..')
const KIB = 1024
/** Texts of the further chunks of each language, which no other file has. */
const MORE: Readonly<Record<string, RegExp>> = {
  hindi: /डेटा में सेंध|छुट्टी का सारांश/,
  arabic: /إشعارات بخرق البيانات|ملخص الخروج/,
  malay: /Notis pelanggaran|Ringkasan discaj/,
}

/** Endpoints that the client names: `endpoint<...>('GET /path')`. */
function routesOfClient(): string[] {
  const files = readdirSync(path.join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
  return files
    .filter((file) => file.endsWith('endpoints.ts'))
    .flatMap((file) => [
      ...readFileSync(path.join(ROOT, 'src', file), 'utf8').matchAll(/endpoint<([^(]+)>\(\s*'([A-Z]+ [^']+)'/g),
    ])
    .map((match) => match.slice(1, 3).join(' -> '))
}

describe('the files of the web client', () => {
  let bundle: WebBundle
  const sizeOf = (name: string) => gzipSync(bundle.files.get(name)?.bytes ?? Buffer.alloc(0)).length
  const isFirst = (name: string) => bundle.page.includes(name)
  const names = () => [...bundle.files.keys()]
  /** The chunks of a language: each names what it holds, `hindiMore`, by a text that only it has. */
  const textsOf = (language: string) =>
    names().filter((name) => name.startsWith(`${language}-`) || MORE[language]?.test(textOf(name)))
  const textOf = (name: string) => (bundle.files.get(name)?.bytes ?? Buffer.alloc(0)).toString('utf8')
  before(async () => {
    bundle = await bundleWeb(ROOT)
  })

  test('the first load is 30 KiB at most, styles 8, a page 12, the charts 26, everything in English 150 as it is sent, operations 10, a further language 32, and of what it says when needed a file 8', (t) => {
    const sum = (list: readonly string[]) => list.reduce((total, name) => total + sizeOf(name), 0)
    const first = sum(names().filter(isFirst))
    const styles = sum(names().filter((name) => name.endsWith('.css')))
    const charts = sum(names().filter((name) => name.startsWith('plot-')))
    const rest = names().filter((name) => !isFirst(name) && !name.startsWith('plot-'))
    const largest = Math.max(...rest.map(sizeOf))
    const languages = ['hindi', 'arabic', 'malay'].map((language) => sum(textsOf(language)))
    const language = Math.max(...languages)
    // Who runs the platform loads the pages of operations besides, in a file of their own.
    const desk = sum(names().filter((name) => name.startsWith('deskPages-')))
    // Operations, and what is told of refused fields and sensors, speak each language too, in files that come when needed.
    const needed = names().filter((name) => /^(desk|late|measures)-/.test(name))
    const asked = Math.max(...needed.map(sizeOf))
    const foreign = new Set([...needed, ...['hindi', 'arabic', 'malay'].flatMap(textsOf)])
    // A browser that takes no Brotli is sent a tenth more.
    const sent = names()
      .filter((name) => !foreign.has(name))
      .reduce((total, name) => total + (bundle.files.get(name)?.brotli.length ?? 0), 0)
    const english = sum(names().filter((name) => !foreign.has(name))) - desk
    const shown = Object.entries({ first, styles, largest, charts, sent, english, desk, language, asked }).map(
      ([name, bytes]) => `${name} ${(bytes / KIB).toFixed(1)}`,
    )
    t.diagnostic(`KiB gzipped, but for what is sent: ${shown.join(', ')}`)
    assert.ok(first <= 30 * KIB, `first load ${first}`)
    assert.ok(styles <= 8 * KIB, `styles ${styles}`)
    assert.ok(largest <= 12 * KIB, `largest page ${largest}`)
    assert.ok(charts <= 26 * KIB, `charts ${charts}`)
    assert.ok(sent <= 150 * KIB, `everything in English, operations too, as it is sent ${sent}`)
    assert.ok(english <= 156 * KIB, `everything in English, gzipped ${english}`)
    assert.ok(desk <= 10 * KIB, `operations ${desk}`)
    assert.ok(language <= 32 * KIB, `a further language ${language}`)
    assert.ok(asked <= 8 * KIB, `what a language says when needed ${asked}`)
  })

  test('no schema library and no server code reaches the browser', () => {
    for (const [name, { bytes }] of bundle.files) {
      assert.doesNotMatch(bytes.toString('utf8'), /typebox|node:|additionalProperties/, name)
    }
  })

  test('every route the client calls stands in a contract, with the operation it is typed by', async () => {
    const { contracts } = await compose([])
    const known = new Map(
      [...contracts, desk].flatMap(({ operations, streams }) =>
        [...Object.values(operations), ...Object.values(streams)].map((one) => [one.route, one.name] as const),
      ),
    )
    const called = routesOfClient()
    assert.ok(called.length > 30, `${called.length} endpoints found`)
    for (const line of called) {
      const [type = '', route = ''] = line.split(' -> ')
      assert.ok(known.has(route), `no contract has ${route}`)
      const named = /^\w+\['(\w+)'\]$/.exec(type)?.[1]
      if (named !== undefined) assert.equal(known.get(route), named, line)
    }
  })
})
