/** A node of the syntax tree (ESTree with TypeScript), read by member. */
export interface SyntaxNode {
  readonly type: string
  readonly start: number
  readonly end: number
  readonly [member: string]: unknown
}

/** Whether the value is a node. */
export function isNode(value: unknown): value is SyntaxNode {
  return typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string'
}

/** Calls `look` for the node and everything inside it, outermost first, each with its parents (nearest last). */
export function visit(
  node: SyntaxNode,
  look: (node: SyntaxNode, parents: readonly SyntaxNode[]) => void,
  parents: SyntaxNode[] = [],
): void {
  look(node, parents)
  parents.push(node)
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value]) if (isNode(child)) visit(child, look, parents)
  }
  parents.pop()
}

/** Name of an identifier, text of a literal key; undefined for anything else. */
export function nameOf(node: unknown): string | undefined {
  if (!isNode(node)) return undefined
  if (node.type === 'Identifier' || node.type === 'PrivateIdentifier') return node.name as string
  return node.type === 'Literal' ? String(node.value) : undefined
}

/** How a reader would call the function: its own name, or that of what it is assigned to. */
export function functionName(node: SyntaxNode, parents: readonly SyntaxNode[]): string {
  const parent = parents.at(-1)
  const given =
    nameOf(node.id) ?? (parent?.type === 'VariableDeclarator' ? nameOf(parent.id) : undefined) ?? nameOf(parent?.key)
  return given ?? 'anonymous function'
}

/** The value of an object literal's property. */
export function propertyOf(object: unknown, name: string): SyntaxNode | undefined {
  if (!isNode(object) || object.type !== 'ObjectExpression') return undefined
  const property = (object.properties as SyntaxNode[]).find((one) => nameOf(one.key) === name)
  return isNode(property?.value) ? property.value : undefined
}

/** The first argument of the first call of a function by that name. */
export function argumentOfCall(program: SyntaxNode, called: string): SyntaxNode | undefined {
  let found: SyntaxNode | undefined
  visit(program, (node) => {
    if (found !== undefined || node.type !== 'CallExpression' || nameOf(node.callee) !== called) return
    found = (node.arguments as SyntaxNode[])[0]
  })
  return found
}
