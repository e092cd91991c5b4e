import type { Import, Module } from './module.ts'
import { type Place, placeOf, type Zone } from './places.ts'
import type { Problem } from './problem.ts'
import { foreignProblem, ownProblem } from './serviceImports.ts'
import type { Tree } from './tree.ts'

/** Which zones a zone may import. Services have a table of their own. */
const ALLOWED: Readonly<Record<Exclude<Zone, 'service'>, readonly Zone[]>> = {
  main: ['commands', 'compose', 'board', 'kernel', 'shared', 'adapters'],
  board: ['kernel', 'service'],
  compose: ['board', 'kernel', 'shared', 'adapters'],
  commands: ['commands', 'compose', 'board', 'kernel', 'shared', 'adapters', 'service'],
  kernel: ['kernel', 'shared'],
  adapters: ['adapters', 'kernel', 'shared'],
  shared: ['shared'],
  web: ['web', 'shared', 'kernel', 'service'],
  testing: ['testing', 'compose', 'board', 'kernel', 'shared', 'adapters', 'service'],
  outside: [
    ...['main', 'board', 'compose', 'testing', 'commands', 'kernel', 'adapters', 'shared'],
    ...['service', 'web', 'outside'],
  ] as Zone[],
}

/** What adapters may know of the frame by value: their ports and the words these are written in. */
const ADAPTER_KERNEL = ['ports', 'errors', 'config', 'log', 'clock'].map((name) => `src/kernel/${name}.ts`)

const ADVICE: Readonly<Record<Exclude<Zone, 'service'>, string>> = {
  main: 'main.ts only picks a command; let the command import it',
  board: 'the board names services and nothing else',
  compose: 'compose.ts only turns the board into a platform; let the command import it',
  commands: "commands import the frame, adapters and a service's contract.ts; call the rest through the platform",
  kernel: 'the frame knows no service and no adapter: declare what it needs in kernel/ports.ts or on ServiceDefinition',
  adapters: 'an adapter knows its own folder, shared, and of the kernel ports, errors, config, log and clock',
  shared: 'shared stands alone: move the thing it needs into shared, or this file out of it',
  web: 'the web client knows shared, contracts and pages of services, and types of the kernel',
  testing:
    "the test kit reaches services through their contract.ts; what it does inside one belongs in that service's tests",
  outside: '',
}

/** Every import goes in an allowed direction. */
export function importProblems(tree: Tree): Problem[] {
  return [...tree.modules.values()].flatMap((module) => {
    const from = placeOf(module.path)
    if (from === undefined) return []
    return module.imports.flatMap((one) => {
      const found = one.target === undefined ? packageProblem(from, one) : targetProblem(module, from, one, one.target)
      return found === undefined ? [] : { rule: 'imports' as const, path: module.path, line: one.line, ...found }
    })
  })
}

type Finding = Pick<Problem, 'what' | 'fix'>

const PACKAGES_OF_ADAPTERS = /^(pg|undici|ws|nodemailer|node:(net|tls|http|https|http2|dgram|dns|child_process))(\/|$)/

function packageProblem(from: Place, { specifier, isType }: Import): Finding | undefined {
  if (from.isTest || specifier.startsWith('.')) return undefined
  const isPure = from.zone === 'shared' || (from.zone === 'service' && from.part === 'domain')
  if (isPure && (specifier.startsWith('node:') || !isType)) {
    const fix =
      'pass the value in from the handler; what needs a library or the system belongs in providers/ or an adapter'
    return { what: `${from.part === 'domain' ? 'a domain' : 'shared'} imports ${specifier}`, fix }
  }
  const isOutside = from.part === 'providers' || from.part === 'fixtures'
  if (from.zone === 'service' && !isOutside && !isType && PACKAGES_OF_ADAPTERS.test(specifier)) {
    return {
      what: `a service imports ${specifier}`,
      fix: 'reach the outside world through context.ports, or in providers/',
    }
  }
  return undefined
}

function targetProblem(module: Module, from: Place, one: Import, target: string): Finding | undefined {
  const to = placeOf(target)
  if (to === undefined) return undefined
  if (to.isTest && !from.isTest && from.zone !== 'outside') {
    return { what: `imports the test file ${target}`, fix: 'move what both need into a file of its own' }
  }
  if (to.zone === 'outside' && from.zone !== 'outside') {
    return { what: `imports ${target}`, fix: 'src stands alone: tests, tools and bench import it, never the other way' }
  }
  if (from.zone === 'outside' || (from.isTest && isOpenToTests(from, to))) return undefined
  if (from.zone === 'service') {
    return from.owner === to.owner && to.zone === 'service'
      ? ownProblem(module.path, from, to, target)
      : foreignProblem(from, to, one, target)
  }
  return zoneProblem(from, from.zone, to, one, target)
}

/** Tests see the test kit, the frame and everything of their own folder. */
function isOpenToTests(from: Place, to: Place): boolean {
  if (to.zone === 'testing' || to.zone === 'kernel' || to.zone === 'shared') return true
  if (to.zone === 'service' && to.part === 'contract' && from.zone === 'service') return to.owner === from.owner
  return from.zone === to.zone && from.owner === to.owner
}

function zoneProblem(
  from: Place,
  zone: Exclude<Zone, 'service'>,
  to: Place,
  one: Import,
  target: string,
): Finding | undefined {
  const refused = { what: `${zone} imports ${target}`, fix: ADVICE[zone] }
  if (!ALLOWED[zone].includes(to.zone)) return refused
  if (to.zone === 'service' && !isDoorOfService(zone, to, target)) return refused
  if (zone === 'web' && to.zone === 'kernel' && !one.isType) return refused
  if (zone !== 'adapters') return undefined
  if (to.zone === 'adapters' && to.owner !== from.owner) {
    return { what: `the adapter ${from.owner} imports ${target}`, fix: 'adapters do not know each other: pass it in' }
  }
  return to.zone !== 'kernel' || one.isType || ADAPTER_KERNEL.includes(target) ? undefined : refused
}

function isDoorOfService(zone: Zone, to: Place, target: string): boolean {
  const folder = `src/services/${to.owner}`
  if (target === `${folder}/contract.ts`) return true
  if (zone === 'board') return target === `${folder}/service.ts`
  return zone === 'web' && to.part === 'web'
}
