import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'

/** A name of several words, as no field of the API is called. */
const KEY = /^\s+([a-z][a-z0-9]*[A-Z]\w*):/gm

/**
 * The names of texts that the bundler may shorten, as a pattern: `t.passkeyCancelled` and its line in every catalogue become
 * two letters each. A name stays whole where anything but a page's own `.name` may reach it: quoted anywhere, looked up
 * by a value, or used by what talks to the server, to the device and to the browser.
 */
export function shortenedNames(root: string): RegExp {
  const folder = path.join(root, 'src')
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((file) => file.replaceAll('\\', '/'))
    .filter((file) => /(^|\/)web\/.*(?<!\.test)\.tsx?$/.test(file))
    .map((file) => ({ file, text: readFileSync(path.join(folder, file), 'utf8') }))
  const isCatalogue = ({ text }: { readonly text: string }) => /areaTexts\('|export const english = \{/.test(text)
  const catalogues = files.filter(isCatalogue)
  const keys = new Set(catalogues.flatMap(({ text }) => [...text.matchAll(KEY)].map(([, name = '']) => name)))
  const all = files.map(({ text }) => text).join('\n')
  const edges = files.filter(({ file }) => /^web\/(client|worker)\//.test(file)).map(({ text }) => text)
  const wordsIn = (text: string, pattern: RegExp) => new Set([...text.matchAll(pattern)].map(([, name = '']) => name))
  const quoted = wordsIn(all, /['"`](\w+)['"`]/g)
  const reached = wordsIn(all, /\.(\w+)/g)
  const atEdges = wordsIn(edges.join('\n'), /(\w+)/g)
  const short = [...keys].filter((name) => reached.has(name) && !quoted.has(name) && !atEdges.has(name))
  return new RegExp(`^(${short.filter((name) => !BUILT_IN.has(name)).join('|')})$`)
}

/** What browsers call something of theirs; a test asks one for the others. */
const BUILT_IN: ReadonlySet<string> = new Set(['tooLong', 'tooShort', 'removeEntry'])
