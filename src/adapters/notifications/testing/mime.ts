/** The parts of a message of one part, as its reader sees them. */
export interface ReadMail {
  /** By name in lower case; a name that comes more than once keeps every value. */
  readonly headers: ReadonlyMap<string, readonly string[]>
  readonly text: string
}

/** Reads a message of one text part: unfolds and decodes its headers (RFC 2047) and its body. */
export function readMail(source: string): ReadMail {
  const end = source.indexOf('\r\n\r\n')
  const headers = new Map<string, string[]>()
  for (const line of source
    .slice(0, end)
    .replaceAll(/\r\n[ \t]+/g, ' ')
    .split('\r\n')) {
    const colon = line.indexOf(':')
    const name = line.slice(0, colon).toLowerCase()
    headers.set(name, [...(headers.get(name) ?? []), decodedWords(line.slice(colon + 1).trim())])
  }
  const encoding = headers.get('content-transfer-encoding')?.[0] ?? '7bit'
  const body = decodedBody(source.slice(end + 4), encoding)
  return { headers, text: body.replaceAll('\r\n', '\n').replace(/\n$/, '') }
}

function decodedWords(text: string): string {
  return text.replaceAll(/=\?utf-8\?([bq])\?([^?]*)\?=( (?==\?))?/gi, (_, kind: string, word: string) =>
    kind.toLowerCase() === 'b' ? Buffer.from(word, 'base64').toString('utf8') : unquoted(word.replaceAll('_', ' ')),
  )
}

function decodedBody(body: string, encoding: string): string {
  if (encoding === 'base64') return Buffer.from(body, 'base64').toString('utf8')
  if (encoding === 'quoted-printable') return unquoted(body.replaceAll('=\r\n', ''))
  return body
}

function unquoted(text: string): string {
  const latin = text.replaceAll(/=([0-9A-F]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
  return Buffer.from(latin, 'latin1').toString('utf8')
}
