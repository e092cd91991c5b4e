import { type Run, textOf, Unsupported } from './fhirpathNodes.ts'

const NAMES: Readonly<Record<string, BufferEncoding>> = { base64: 'base64', urlbase64: 'base64url', hex: 'hex' }

const HTML: readonly (readonly [string, string])[] = [
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['"', '&quot;'],
  ["'", '&#39;'],
]

function escaped(text: string, kind: string): string {
  if (kind === 'json') return JSON.stringify(text).slice(1, -1)
  if (kind !== 'html') throw new Unsupported(`escape('${kind.slice(0, 20)}')`)
  return HTML.reduce((whole, [plain, entity]) => whole.replaceAll(plain, entity), text)
}

function unescaped(text: string, kind: string): string {
  if (kind === 'json') {
    try {
      return String(JSON.parse(`"${text.replaceAll(/(?<!\\)"/g, '\\"')}"`))
    } catch {
      throw new Unsupported('a text that is no JSON')
    }
  }
  if (kind !== 'html') throw new Unsupported(`unescape('${kind.slice(0, 20)}')`)
  return HTML.toReversed().reduce((whole, [plain, entity]) => whole.replaceAll(entity, plain), text)
}

function encoding(name: string): BufferEncoding {
  if (!Object.hasOwn(NAMES, name)) throw new Unsupported(`the encoding ${name.slice(0, 20)}`)
  return NAMES[name] as BufferEncoding
}

const onText =
  (decide: (text: string, kind: string) => string): Run =>
  (focus, given) => {
    const kind = given[0]?.(focus) ?? []
    if (focus[0]?.value === undefined || kind.length === 0) return []
    return [{ value: decide(textOf(focus[0]), textOf(kind[0])), type: 'string' }]
  }

/** FHIRPath's functions that write a text in another way and back. */
export const ENCODING_FUNCTIONS: Readonly<Record<string, Run>> = {
  encode: onText((text, kind) => {
    const encoded = Buffer.from(text).toString(encoding(kind))
    return kind === 'urlbase64' ? encoded.padEnd(Math.ceil(encoded.length / 4) * 4, '=') : encoded
  }),
  decode: onText((text, kind) => Buffer.from(text, encoding(kind)).toString('utf8')),
  escape: onText(escaped),
  unescape: onText(unescaped),
}
