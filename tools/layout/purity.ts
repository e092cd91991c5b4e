import type { Module } from './module.ts'
import { placeOf } from './places.ts'
import type { Problem } from './problem.ts'
import { nameOf, type SyntaxNode, visit } from './syntax.ts'
import type { Tree } from './tree.ts'

/** Members that differ from run to run, or reach outside. */
const IMPURE_MEMBERS = new Set([
  'Date.now',
  'Math.random',
  'performance.now',
  'crypto.randomUUID',
  'crypto.getRandomValues',
])
const IMPURE_OBJECTS = new Set(['process', 'console', 'globalThis'])
const IMPURE_CALLS = new Set(['fetch', 'setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask', 'Date'])

/** Domains and `shared` know no clock, no chance and no outside world. */
export function purityProblems(tree: Tree): Problem[] {
  return [...tree.modules.values()].filter(isPureByRule).flatMap((module) =>
    impurities(module).map(({ text, at }) => ({
      rule: 'purity' as const,
      path: module.path,
      line: module.lineAt(at),
      what: `uses ${text}`,
      fix: adviceFor(text),
    })),
  )
}

function isPureByRule(module: Module): boolean {
  const place = placeOf(module.path)
  if (place === undefined || place.isTest) return false
  return place.zone === 'shared' || (place.zone === 'service' && place.part === 'domain')
}

function impurities(module: Module): { text: string; at: number }[] {
  const found: { text: string; at: number }[] = []
  visit(module.program, (node, parents) => {
    const text = impurityOf(node, parents.at(-1))
    if (text !== undefined) found.push({ text, at: node.start })
  })
  return found
}

function impurityOf(node: SyntaxNode, parent: SyntaxNode | undefined): string | undefined {
  if (node.type === 'NewExpression' && nameOf(node.callee) === 'Date') {
    return (node.arguments as unknown[]).length === 0 ? 'new Date()' : undefined
  }
  if (node.type === 'CallExpression') {
    const name = nameOf(node.callee)
    return name !== undefined && IMPURE_CALLS.has(name) ? `${name}()` : undefined
  }
  if (node.type !== 'MemberExpression' || node.computed === true) return undefined
  const object = nameOf(node.object)
  if (object === undefined) return undefined
  const text = `${object}.${nameOf(node.property)}`
  const isOfSystem = IMPURE_OBJECTS.has(object) && parent?.type !== 'TSQualifiedName'
  return IMPURE_MEMBERS.has(text) || isOfSystem ? text : undefined
}

function adviceFor(text: string): string {
  if (text.includes('Date') || text.startsWith('performance'))
    return 'take the time as an argument: handlers have context.now()'
  if (text.includes('andom')) return 'take the value, or a seeded source (shared/random.ts), as an argument'
  return 'leave it to the handler, and work on plain values here'
}
