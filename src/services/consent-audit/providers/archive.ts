import { Zip, ZipDeflate, ZipPassThrough } from 'fflate'
import { escapeHtml } from '../../../kernel/http/html.ts'

/** One file of a zip; its content comes piece by piece. */
export interface ArchiveEntry {
  readonly name: string
  /** Already compressed, as pictures and PDFs are. */
  readonly isCompressed?: boolean
  readonly content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>
}

/** The zip of the entries, piece by piece: memory holds one piece of one entry. */
export async function* zipOf(entries: AsyncIterable<ArchiveEntry>, at: Date): AsyncGenerator<Buffer, void> {
  const waiting: Uint8Array[] = []
  let failure: Error | undefined
  const zip = new Zip((error, piece) => {
    if (error) failure = error
    else if (piece.length > 0) waiting.push(piece)
  })
  const drained = function* () {
    if (failure !== undefined) throw failure
    for (let piece = waiting.shift(); piece !== undefined; piece = waiting.shift()) yield Buffer.from(piece)
  }
  for await (const { name, isCompressed = false, content } of entries) {
    const file = isCompressed ? new ZipPassThrough(name) : new ZipDeflate(name, { level: 6 })
    file.mtime = at
    zip.add(file)
    for await (const piece of content) {
      file.push(piece)
      yield* drained()
    }
    file.push(new Uint8Array(0), true)
    yield* drained()
  }
  zip.end()
  yield* drained()
}

const encoder = new TextEncoder()
const ROWS_A_PIECE = 500

/** JSON of rows, in pieces. */
export function* jsonOf(rows: readonly object[]): Generator<Uint8Array> {
  yield encoder.encode('[')
  for (let start = 0; start < rows.length; start += ROWS_A_PIECE) {
    const lines = rows.slice(start, start + ROWS_A_PIECE).map((row) => `\n${JSON.stringify(row)}`)
    yield encoder.encode(`${start === 0 ? '' : ','}${lines.join(',')}`)
  }
  yield encoder.encode('\n]\n')
}

/** CSV (RFC 4180) of rows, in pieces: a column for every member of any row. */
export function* csvOf(rows: readonly object[]): Generator<Uint8Array> {
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))]
  // The byte order mark tells spreadsheets that the file is UTF-8.
  yield encoder.encode(`\uFEFF${columns.map(cellOf).join(',')}\r\n`)
  for (let start = 0; start < rows.length; start += ROWS_A_PIECE) {
    const lines = rows.slice(start, start + ROWS_A_PIECE).map((row) => {
      const values = row as Readonly<Record<string, unknown>>
      return `${columns.map((column) => cellOf(values[column])).join(',')}\r\n`
    })
    yield encoder.encode(lines.join(''))
  }
}

function cellOf(value: unknown): string {
  if (value === null || value === undefined) return ''
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  const text = typeof value === 'string' ? value : value instanceof Date ? value.toISOString() : JSON.stringify(value)
  // A cell that a spreadsheet would take for a formula is text.
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

/** What of one service lies in the archive. */
export interface PartIndex {
  readonly service: string
  readonly summary: string
  readonly collections: readonly { readonly name: string; readonly rows: number }[]
  readonly files: number
  readonly isMissing: boolean
}

const STYLE =
  'body{font:16px/1.5 system-ui,sans-serif;max-width:50rem;margin:2rem auto;padding:0 1rem;color:#16202a}table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.4rem .6rem;border-bottom:1px solid #d9dcd6}'

/** The page to read first; it opens from the disk, without a network. */
export function indexPage(parts: readonly PartIndex[], at: Date): Uint8Array {
  const sections = parts.map((part) => {
    if (part.isMissing)
      return `<h2>${escapeHtml(part.service)}</h2><p>This part could not be read; ask for another export.</p>`
    if (part.collections.length === 0) return ''
    const rows = part.collections.map(({ name, rows: count }) => {
      const path = `${part.service}/${name}`
      return `<tr><td>${escapeHtml(name.replaceAll('_', ' '))}</td><td>${count}</td><td><a href="${path}.csv">table</a></td><td><a href="${path}.json">JSON</a></td></tr>`
    })
    const files = part.files === 0 ? '' : `<p>${part.files} files in <a href="${part.service}/files/">files</a>.</p>`
    return `<h2>${escapeHtml(part.service)}</h2><p>${escapeHtml(part.summary)}</p><table><thead><tr><th>What</th><th>Rows</th><th></th><th></th></tr></thead><tbody>${rows.join('')}</tbody></table>${files}`
  })
  return encoder.encode(
    `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>Your data</title><style>${STYLE}</style><h1>Your data</h1><p>Everything that was held about you on ${at.toISOString().slice(0, 10)}. Tables open in any spreadsheet; JSON is for programs.</p>${sections.join('')}</html>`,
  )
}
