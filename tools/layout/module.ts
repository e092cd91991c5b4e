import path from 'node:path'
import { type Comment, type EcmaScriptModule, parseSync } from 'oxc-parser'
import { functionName, isNode, nameOf, type SyntaxNode, visit } from './syntax.ts'

/** One import or re-export. */
export interface Import {
  readonly specifier: string
  /** The file it names when that is one of the repository; undefined for packages. */
  readonly target: string | undefined
  readonly line: number
  /** Only types: nothing is loaded. */
  readonly isType: boolean
  /** Name here, by the name there. */
  readonly names: readonly { readonly imported: string; readonly local: string }[]
}

export interface FunctionInfo {
  readonly name: string
  readonly line: number
  readonly lineCount: number
  /** Given to `describe`, `test` or a hook, or full of such calls: a scope of tests rather than a function. */
  readonly isTestScope: boolean
}

export interface ExportedFunction {
  readonly name: string
  readonly line: number
  readonly hasDocstring: boolean
}

/** Text of a string or template, `${...}` shown as `?`. */
export interface TextLiteral {
  readonly text: string
  readonly line: number
  /** The tag of a tagged template. */
  readonly tag?: string | undefined
}

/** What the rules need to know of one source file. */
export interface Module {
  readonly path: string
  readonly lineCount: number
  readonly program: SyntaxNode
  readonly imports: readonly Import[]
  readonly functions: readonly FunctionInfo[]
  readonly exportedFunctions: readonly ExportedFunction[]
  readonly texts: readonly TextLiteral[]
  readonly comments: readonly { readonly text: string; readonly line: number }[]
  readonly hasDefaultExport: boolean
  /** Nothing but re-exports. */
  readonly isBarrel: boolean
  /** Why it can't be parsed. */
  readonly fault: string | undefined
  lineAt(offset: number): number
}

const TEST_SCOPES = new Set(['describe', 'test', 'it', 'suite', 'before', 'after', 'beforeEach', 'afterEach'])

/** Parses a file; `files` tells which targets of its imports exist. */
export function readModule(file: string, text: string, files: ReadonlySet<string>): Module {
  const lineAt = lineFinder(text)
  const { program: parsed, module, comments, errors } = parseSync(file, text)
  const program = parsed as unknown as SyntaxNode
  const { functions, texts } = contentsOf(program, lineAt)
  return {
    path: file,
    lineCount: text === '' ? 0 : text.replace(/\n$/, '').split('\n').length,
    program,
    imports: importsOf(file, text, module, files, lineAt),
    functions,
    exportedFunctions: exportedFunctionsOf(program, text, comments, lineAt),
    texts,
    comments: comments.map((comment) => ({ text: comment.value, line: lineAt(comment.start) })),
    hasDefaultExport: module.staticExports.some(({ entries }) =>
      entries.some(({ exportName }) => exportName.kind === 'Default' || exportName.name === 'default'),
    ),
    isBarrel: isBarrel(program),
    fault: errors[0]?.message,
    lineAt,
  }
}

function lineFinder(text: string): (offset: number) => number {
  const starts = [0]
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
  return (offset) => {
    let low = 0
    let high = starts.length
    while (high - low > 1) {
      const middle = (low + high) >> 1
      if ((starts[middle] as number) <= offset) low = middle
      else high = middle
    }
    return low + 1
  }
}

function importsOf(
  file: string,
  text: string,
  module: EcmaScriptModule,
  files: ReadonlySet<string>,
  lineAt: (offset: number) => number,
): Import[] {
  const made = (specifier: string, start: number, isType: boolean, names: Import['names']): Import => {
    const target = specifier.startsWith('.') ? path.posix.join(path.posix.dirname(file), specifier) : undefined
    return {
      specifier,
      target: target !== undefined && files.has(target) ? target : undefined,
      line: lineAt(start),
      isType,
      names,
    }
  }
  const fixed = module.staticImports.map(({ start, moduleRequest, entries }) =>
    made(
      moduleRequest.value,
      start,
      entries.length > 0 && entries.every((entry) => entry.isType),
      entries.map((entry) => ({ imported: entry.importName.name ?? '*', local: entry.localName.value })),
    ),
  )
  const passedOn = module.staticExports.flatMap(({ start, entries }) => {
    const request = entries[0]?.moduleRequest
    if (request === null || request === undefined) return []
    return made(
      request.value,
      start,
      entries.every((entry) => entry.isType),
      [],
    )
  })
  const lazy = module.dynamicImports.flatMap(({ start, moduleRequest }) => {
    const literal = /^(['"`])([^'"`$]+)\1$/.exec(text.slice(moduleRequest.start, moduleRequest.end))
    return literal === null ? [] : made(literal[2] as string, start, false, [])
  })
  return [...fixed, ...passedOn, ...lazy]
}

function contentsOf(program: SyntaxNode, lineAt: (offset: number) => number) {
  const functions: FunctionInfo[] = []
  const texts: TextLiteral[] = []
  visit(program, (node, parents) => {
    const line = lineAt(node.start)
    if (isFunctionWithBody(node)) {
      const call = parents.at(-1)
      const isTestScope = (call !== undefined && opensTests(call)) || declaresTests(node)
      const lineCount = lineAt(node.end - 1) - line + 1
      functions.push({ name: functionName(node, parents), line, lineCount, isTestScope })
    } else if (node.type === 'Literal' && typeof node.value === 'string') {
      texts.push({ text: node.value, line })
    } else if (node.type === 'TemplateLiteral') {
      const quasis = node.quasis as { value: { raw: string } }[]
      const owner = parents.at(-1)
      const tag = owner?.type === 'TaggedTemplateExpression' ? nameOf(owner.tag) : undefined
      texts.push({ text: quasis.map((quasi) => quasi.value.raw).join('?'), line, tag })
    }
  })
  return { functions, texts }
}

function isFunctionWithBody(node: SyntaxNode): boolean {
  const isFunction = ['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression'].includes(node.type)
  return isFunction && isNode(node.body)
}

function opensTests(node: SyntaxNode): boolean {
  return node.type === 'CallExpression' && TEST_SCOPES.has(calledName(node))
}

/** A function whose own statements are tests: a suite with parameters. */
function declaresTests(node: SyntaxNode): boolean {
  const statements = (node.body as SyntaxNode).body
  if (!Array.isArray(statements)) return false
  return (statements as SyntaxNode[]).some(({ expression }) => isNode(expression) && opensTests(expression))
}

function calledName(call: SyntaxNode): string {
  const callee = call.callee as SyntaxNode
  // `test.skip(...)` and `describe.only(...)` are scopes like their plain forms.
  return nameOf(callee.type === 'MemberExpression' ? callee.object : callee) ?? ''
}

function exportedFunctionsOf(
  program: SyntaxNode,
  text: string,
  comments: readonly Comment[],
  lineAt: (offset: number) => number,
): ExportedFunction[] {
  const statements = program.body as SyntaxNode[]
  const exportedByName = new Set(
    statements
      .filter((one) => one.type === 'ExportNamedDeclaration' && one.source === null)
      .flatMap((one) => (one.specifiers as SyntaxNode[]).map((specifier) => nameOf(specifier.local))),
  )
  const documented = new Set<string>()
  return statements.flatMap((statement) => {
    const isExport = statement.type === 'ExportNamedDeclaration'
    const declaration = isExport ? statement.declaration : statement
    if (!isNode(declaration)) return []
    return declaredFunctions(declaration)
      .filter(({ name }) => isExport || exportedByName.has(name))
      .flatMap(({ name, hasBody }) => {
        // The first of several overloads carries the docstring for all.
        if (hasDocstring(text, comments, statement.start)) documented.add(name)
        if (!hasBody) return []
        return { name, line: lineAt(statement.start), hasDocstring: documented.has(name) }
      })
  })
}

function declaredFunctions(declaration: SyntaxNode): { name: string; hasBody: boolean }[] {
  if (declaration.type === 'FunctionDeclaration' || declaration.type === 'TSDeclareFunction') {
    return [{ name: nameOf(declaration.id) ?? '', hasBody: declaration.type === 'FunctionDeclaration' }]
  }
  if (declaration.type !== 'VariableDeclaration') return []
  return (declaration.declarations as SyntaxNode[])
    .filter((one) => isNode(one.init) && isFunctionWithBody(one.init))
    .map((one) => ({ name: nameOf(one.id) ?? '', hasBody: true }))
}

function hasDocstring(text: string, comments: readonly Comment[], start: number): boolean {
  const before = comments.findLast((comment) => comment.end <= start)
  if (before === undefined || text.slice(before.end, start).trim() !== '') return false
  if (before.type === 'Block') return before.value.startsWith('*')
  return hasDocstring(text, comments, before.start)
}

function isBarrel(program: SyntaxNode): boolean {
  const statements = program.body as SyntaxNode[]
  const isPassedOn = (one: SyntaxNode) =>
    one.type === 'ExportAllDeclaration' || (one.type === 'ExportNamedDeclaration' && isNode(one.source))
  return statements.length > 0 && statements.every(isPassedOn)
}
