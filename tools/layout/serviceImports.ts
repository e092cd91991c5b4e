import type { Import } from './module.ts'
import type { Place } from './places.ts'
import type { Problem } from './problem.ts'

type Finding = Pick<Problem, 'what' | 'fix'>

interface PartRule {
  /** Parts of the same service. */
  readonly own: readonly string[]
  /** Whether it may import the contracts of services in `needs`. */
  readonly asksOthers: boolean
  readonly advice: string
}

const WORKING = ['contract', 'domain', 'store', 'handlers', 'providers', 'jobs', 'fixtures', 'texts']

const PARTS: Readonly<Record<string, PartRule>> = {
  service: {
    own: [...WORKING, 'reactions', 'routes', 'sockets', 'demo'],
    asksOthers: true,
    advice: 'the manifest names parts',
  },
  contract: {
    own: ['contract'],
    asksOthers: false,
    advice: 'a contract knows kernel/contract, kernel/fields, kernel/projection and shared',
  },
  domain: {
    own: ['contract', 'domain', 'texts'],
    asksOthers: false,
    advice: 'a domain knows its contract and shared; let the handler fetch, and hand in plain values',
  },
  store: {
    own: ['contract', 'domain', 'store'],
    asksOthers: false,
    advice: 'a store knows its contract, its domain and the database; let the handler do the rest',
  },
  handlers: { own: WORKING, asksOthers: true, advice: 'move what both need into domain' },
  reactions: { own: WORKING, asksOthers: true, advice: 'move what both need into handlers or domain' },
  jobs: { own: WORKING, asksOthers: true, advice: 'move what both need into handlers or domain' },
  routes: { own: WORKING, asksOthers: true, advice: 'move what both need into handlers or domain' },
  sockets: { own: WORKING, asksOthers: true, advice: 'move what both need into handlers or domain' },
  demo: { own: WORKING, asksOthers: true, advice: 'move what both need into handlers or domain' },
  providers: {
    own: ['contract', 'domain', 'providers'],
    asksOthers: false,
    advice: 'a provider translates for one third party; let the handler combine it with data',
  },
  fixtures: { own: ['contract', 'fixtures'], asksOthers: false, advice: 'fixtures hold recorded answers and no logic' },
  texts: {
    own: ['contract', 'texts'],
    asksOthers: false,
    advice: 'texts are said by whoever imports them, and know nothing of the service but its words',
  },
  web: {
    own: ['contract', 'domain', 'web'],
    asksOthers: true,
    advice: 'a page asks the server through the typed client',
  },
}

/** Where a part of a service imports another part of the same service. */
export function ownProblem(path: string, from: Place, to: Place, target: string): Finding | undefined {
  const rule = PARTS[from.part]
  const isSamePart = from.part === to.part
  if (rule === undefined || isSamePart || rule.own.includes(to.part)) return undefined
  return { what: `${partName(path, from)} imports ${target}`, fix: rule.advice }
}

function partName(path: string, from: Place): string {
  return `${from.part} (${path.split('/').at(-1)})`
}

/** Contracts may use these by value; everything else of the kernel as types only. */
const CONTRACT_KERNEL = ['contract', 'fields', 'principal', 'projection', 'socketDeclaration'].map(
  (name) => `src/kernel/${name}.ts`,
)

/** The words in which a domain may state its verdicts. */
const DOMAIN_KERNEL_TYPES = ['contract', 'schema', 'errors'].map((name) => `src/kernel/${name}.ts`)

/** Where a service imports something that isn't its own. */
export function foreignProblem(from: Place, to: Place, one: Import, target: string): Finding | undefined {
  if (to.zone === 'shared') return undefined
  if (to.zone === 'kernel') return kernelProblem(from, one, target)
  if (to.zone === 'web') {
    return from.part === 'web'
      ? undefined
      : { what: `imports ${target}`, fix: 'only web/ of a service knows the client' }
  }
  if (to.zone === 'adapters') {
    return { what: `a service imports ${target}`, fix: 'services reach the outside world through context.ports' }
  }
  if (to.zone !== 'service') {
    return { what: `a service imports ${target}`, fix: 'a service knows itself, the kernel, shared and contracts' }
  }
  if (target !== `src/services/${to.owner}/contract.ts`) {
    const fix = `only contract.ts is public: call it with context.call(...), or ask ${to.owner} for an operation`
    return { what: `imports ${target}`, fix }
  }
  // Types only describe what the handler hands in: nothing is asked, and needs still lists it.
  if (from.isTest || one.isType || PARTS[from.part]?.asksOthers !== false) return undefined
  return { what: `${from.part} imports the contract of ${to.owner}`, fix: PARTS[from.part]?.advice ?? '' }
}

function kernelProblem(from: Place, one: Import, target: string): Finding | undefined {
  if (from.part === 'contract' && !one.isType && !CONTRACT_KERNEL.includes(target)) {
    return {
      what: `the contract imports ${target}`,
      fix: 'a contract is read by everyone: it uses kernel/contract, kernel/fields and kernel/projection',
    }
  }
  if (from.part === 'domain') {
    const isSettings = target === 'src/kernel/config.ts'
    const isWords = one.isType && DOMAIN_KERNEL_TYPES.includes(target)
    if (isSettings || isWords) return undefined
    return {
      what: `a domain imports ${target}`,
      fix: 'return a verdict and let the handler turn it into an error or a call',
    }
  }
  if (from.part === 'web' && !one.isType) {
    return { what: `a page imports ${target}`, fix: 'the frame runs on the server: import types only' }
  }
  return undefined
}
