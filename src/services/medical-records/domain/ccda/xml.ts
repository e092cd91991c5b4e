import { ImportFault } from '../imported.ts'

/** An element: prefixes of names are left out, since C-CDA uses one vocabulary. */
export interface XmlNode {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  readonly children: XmlNode[]
  text: string
}

const MOST_NODES = 400_000
const DEEPEST = 200
const LONGEST_TEXT = 200_000
const NODES_A_SLICE = 2000
const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }
const NAME = /^[A-Za-z_][\w.-]*(?::[A-Za-z_][\w.-]*)?$/
const ATTRIBUTE = /([^\s=/]{1,200})\s*=\s*(?:"([^"<]{0,20000})"|'([^'<]{0,20000})')/y
const SPACE = /\s*/y

/**
 * Reads XML into a tree, yielding now and then so that the caller can let others run. Document types, entities of one's
 * own, includes and processing instructions beyond the declaration do not exist here: a file that has them is refused.
 * @throws ImportFault for what is no well-formed XML, or too large or too deep
 */
export function* parseXml(text: string): Generator<void, XmlNode> {
  const root: XmlNode = { name: '#root', attributes: {}, children: [], text: '' }
  const open: XmlNode[] = [root]
  let count = 0
  let at = text.charCodeAt(0) === 0xfeff ? 1 : 0
  while (at < text.length) {
    const start = text.indexOf('<', at)
    const parent = open.at(-1) as XmlNode
    addText(parent, text.slice(at, start < 0 ? text.length : start))
    if (start < 0) break
    at = markupEnd(text, start, open)
    if (open.length > DEEPEST) throw new ImportFault('The file is nested too deeply')
    count += 1
    if (count > MOST_NODES) throw new ImportFault('The file has too many elements')
    if (count % NODES_A_SLICE === 0) yield
  }
  const [first] = root.children
  if (open.length !== 1 || first === undefined) throw new ImportFault('The file is no complete XML')
  return first
}

/** Takes in what begins at `start`; returns where the text goes on. */
function markupEnd(text: string, start: number, open: XmlNode[]): number {
  if (text.startsWith('<!--', start)) return endOf(text, '-->', start + 4)
  if (text.startsWith('<![CDATA[', start)) {
    const end = endOf(text, ']]>', start + 9)
    const node = open.at(-1) as XmlNode
    node.text = (node.text + text.slice(start + 9, end - 3)).slice(0, LONGEST_TEXT)
    return end
  }
  if (text.startsWith('<!', start)) throw new ImportFault('The file declares a document type, which is not read')
  if (text.startsWith('<?', start)) return endOf(text, '?>', start + 2)
  const end = tagEnd(text, start)
  const inside = text.slice(start + 1, end)
  if (inside.startsWith('/')) closeTag(inside.slice(1).trim(), open)
  else openTag(inside, open)
  return end + 1
}

function endOf(text: string, mark: string, from: number): number {
  const end = text.indexOf(mark, from)
  if (end < 0) throw new ImportFault('The file is cut off')
  return end + mark.length
}

/** The `>` of a tag: one inside quotes isn't it. */
function tagEnd(text: string, start: number): number {
  let quote = 0
  for (let index = start + 1; index < text.length && index - start < 100_000; index += 1) {
    const code = text.charCodeAt(index)
    if (quote !== 0) {
      if (code === quote) quote = 0
    } else if (code === 34 || code === 39) quote = code
    else if (code === 62) return index
    else if (code === 60) break
  }
  throw new ImportFault('The file has a tag that does not end')
}

function openTag(inside: string, open: XmlNode[]): void {
  const isEmpty = inside.endsWith('/')
  const body = isEmpty ? inside.slice(0, -1) : inside
  const name = /^[^\s/]*/.exec(body)?.[0] ?? ''
  if (!NAME.test(name)) throw new ImportFault('The file has a tag without a name')
  const node: XmlNode = { name: localName(name), attributes: attributesOf(body, name.length), children: [], text: '' }
  ;(open.at(-1) as XmlNode).children.push(node)
  if (!isEmpty) open.push(node)
}

function closeTag(name: string, open: XmlNode[]): void {
  const node = open.pop()
  if (open.length === 0 || node?.name !== localName(name)) throw new ImportFault('The tags of the file do not match')
}

function attributesOf(body: string, from: number): Record<string, string> {
  const attributes: Record<string, string> = Object.create(null)
  let at = from
  for (let count = 0; count < 60; count += 1) {
    SPACE.lastIndex = at
    SPACE.test(body)
    at = SPACE.lastIndex
    ATTRIBUTE.lastIndex = at
    const match = ATTRIBUTE.exec(body)
    if (match === null) break
    attributes[localName(match[1] ?? '')] ??= decodeText(match[2] ?? match[3] ?? '')
    at = ATTRIBUTE.lastIndex
  }
  if (body.slice(at).trim() !== '') throw new ImportFault('The file has an attribute that cannot be read')
  return attributes
}

function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1)
}

function addText(node: XmlNode, text: string): void {
  if (text.trim() === '' || node.text.length >= LONGEST_TEXT) return
  node.text = (node.text + decodeText(text)).slice(0, LONGEST_TEXT)
}

/** The five entities of XML and numbered characters; any other entity is refused, since nobody declares one. */
function decodeText(text: string): string {
  if (!text.includes('&')) return text
  return text.replace(/&(#x[0-9a-fA-F]{1,6}|#\d{1,7}|[A-Za-z]{1,10});|&/g, (whole, code: string | undefined) => {
    if (code === undefined) throw new ImportFault('The file has an entity that cannot be read')
    if (!code.startsWith('#')) {
      const known = ENTITIES[code]
      if (known === undefined) throw new ImportFault('The file uses entities of its own, which are not read')
      return known
    }
    const point = code.startsWith('#x') ? Number.parseInt(code.slice(2), 16) : Number(code.slice(1))
    return point > 0 && point <= 0x10ffff && !(point >= 0xd800 && point <= 0xdfff)
      ? String.fromCodePoint(point)
      : whole.slice(0, 0)
  })
}

/** The text of a node and everything in it, in order of the tree. */
export function textOf(node: XmlNode | undefined, limit = 5000): string {
  if (node === undefined || limit <= 0) return ''
  let out = node.text
  for (const child of node.children) {
    if (out.length >= limit) break
    out += ` ${textOf(child, limit - out.length)}`
  }
  return out.slice(0, limit).trim()
}

/** The first child of this name. */
export function child(node: XmlNode | undefined, ...path: readonly string[]): XmlNode | undefined {
  let found = node
  for (const name of path) found = found?.children.find((one) => one.name === name)
  return found
}

/** All children of this name. */
export function childrenOf(node: XmlNode | undefined, name: string): readonly XmlNode[] {
  return node?.children.filter((one) => one.name === name) ?? []
}
