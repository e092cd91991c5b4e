import type { Module } from './module.ts'
import { placeOf, servicesOf } from './places.ts'
import type { Problem } from './problem.ts'
import { argumentOfCall, isNode, nameOf, propertyOf, type SyntaxNode, visit } from './syntax.ts'
import type { Tree } from './tree.ts'

const BOARD = 'src/services.ts'

/** `needs` says exactly whose contracts a service uses, has no circle, and the board lists services in its order. */
export function needsProblems(tree: Tree): Problem[] {
  const services = servicesOf(tree.files)
  const needs = new Map(services.map((name) => [name, declaredNeeds(tree, name)]))
  return [
    ...services.flatMap((name) => [
      ...differences(tree, name, needs.get(name) ?? new Set()),
      ...contractNameProblems(tree, name),
    ]),
    ...circleProblems(needs),
    ...boardProblems(tree, services, needs),
  ]
}

function declaredNeeds(tree: Tree, service: string): Set<string> {
  const module = tree.modules.get(`src/services/${service}/service.ts`)
  if (module === undefined) return new Set()
  const list = propertyOf(argumentOfCall(module.program, 'defineService'), 'needs')
  const names = list?.type === 'ArrayExpression' ? (list.elements as unknown[]).map(nameOf) : []
  return new Set(
    names.flatMap((name) => {
      const owner = module.imports.find((one) => one.names.some(({ local }) => local === name))
      return owner?.target === undefined ? [] : (placeOf(owner.target)?.owner ?? [])
    }),
  )
}

function differences(tree: Tree, service: string, declared: ReadonlySet<string>): Problem[] {
  const used = new Map<string, { path: string; line: number }>()
  for (const module of tree.modules.values()) {
    const from = placeOf(module.path)
    if (from?.zone !== 'service' || from.owner !== service || from.isTest || from.part === 'service') continue
    for (const one of module.imports) {
      const to = one.target === undefined ? undefined : placeOf(one.target)
      if (to?.zone !== 'service' || to.owner === service || used.has(to.owner)) continue
      used.set(to.owner, { path: module.path, line: one.line })
    }
  }
  const manifest = `src/services/${service}/service.ts`
  const undeclared = [...used].filter(([name]) => !declared.has(name))
  const unused = [...declared].filter((name) => !used.has(name))
  return [
    ...undeclared.map(([name, { path, line }]) =>
      needsProblem(path, line, `uses ${name}, which is not in needs`, `add its contract to needs in ${manifest}`),
    ),
    ...unused.map((name) =>
      needsProblem(manifest, undefined, `needs ${name} and uses it nowhere`, `take ${name} out of needs`),
    ),
  ]
}

function contractNameProblems(tree: Tree, service: string): Problem[] {
  const path = `src/services/${service}/contract.ts`
  const module = tree.modules.get(path)
  if (module === undefined) return []
  const name = nameOf(propertyOf(argumentOfCall(module.program, 'defineContract'), 'name'))
  if (name === service) return []
  const what = name === undefined ? 'defines no contract with a name' : `calls the service "${name}"`
  return [needsProblem(path, undefined, what, `say name: '${service}': folder, URL and schema have one name`)]
}

function circleProblems(needs: ReadonlyMap<string, ReadonlySet<string>>): Problem[] {
  const problems: Problem[] = []
  const done = new Set<string>()
  const follow = (name: string, trail: readonly string[]) => {
    const at = trail.indexOf(name)
    if (at >= 0) {
      const circle = [...trail.slice(at), name].join(' -> ')
      const fix = 'let one of them hear an event of the other instead of calling it'
      problems.push(needsProblem(`src/services/${name}/service.ts`, undefined, `needs go in a circle: ${circle}`, fix))
      return
    }
    if (done.has(name)) return
    for (const next of needs.get(name) ?? []) follow(next, [...trail, name])
    done.add(name)
  }
  for (const name of needs.keys()) follow(name, [])
  return problems
}

function boardProblems(
  tree: Tree,
  services: readonly string[],
  needs: ReadonlyMap<string, ReadonlySet<string>>,
): Problem[] {
  const module = tree.modules.get(BOARD)
  if (module === undefined) {
    return services.length === 0
      ? []
      : [needsProblem(BOARD, undefined, 'is missing', 'write the board of all services')]
  }
  const entries = boardEntries(module)
  const names = entries.map((entry) => entry.name)
  const problems: Problem[] = []
  for (const name of services.filter((one) => !names.includes(one))) {
    problems.push(
      needsProblem(BOARD, undefined, `does not list ${name}`, `add an entry for ${name} after those it needs`),
    )
  }
  for (const [index, { name, line, paths }] of entries.entries()) {
    const wanted = [`./services/${name}/contract.ts`, `./services/${name}/service.ts`]
    if (!services.includes(name)) {
      problems.push(
        needsProblem(BOARD, line, `lists ${name}, which has no folder`, `take it out, or add src/services/${name}`),
      )
    } else if (paths.join() !== wanted.join()) {
      problems.push(
        needsProblem(BOARD, line, `the entry of ${name} loads ${paths.join(' and ')}`, `load ${wanted.join(' and ')}`),
      )
    }
    for (const need of needs.get(name) ?? []) {
      if (names.indexOf(need) <= index) continue
      problems.push(
        needsProblem(BOARD, line, `lists ${name} before ${need}, which it needs`, `move ${name} below ${need}`),
      )
    }
  }
  return problems
}

interface BoardLine {
  readonly name: string
  readonly line: number
  readonly paths: readonly string[]
}

/** The entries of the board as they are written; the file is not run. */
export function boardEntries(module: Module): BoardLine[] {
  const entries: BoardLine[] = []
  visit(module.program, (node) => {
    const name = nameOf(propertyOf(node, 'name'))
    const contract = propertyOf(node, 'contract')
    const service = propertyOf(node, 'service')
    if (name === undefined || contract === undefined || service === undefined) return
    entries.push({ name, line: module.lineAt(node.start), paths: [...loaded(contract), ...loaded(service)] })
  })
  return entries
}

function loaded(node: SyntaxNode): string[] {
  const paths: string[] = []
  visit(node, (one) => {
    if (one.type === 'ImportExpression' && isNode(one.source)) paths.push(nameOf(one.source) ?? '?')
  })
  return paths
}

function needsProblem(path: string, line: number | undefined, what: string, fix: string): Problem {
  return { rule: 'needs', path, line, what, fix }
}
