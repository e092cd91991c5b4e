import { PlatformError } from '../../../kernel/errors.ts'
import type { Answer } from './answers.ts'
import type { Call } from './call.ts'
import { evaluatePath } from './fhirpath.ts'
import { documentReferences, lastObservations } from './finding.ts'
import { addMeta, metaOf, removeMeta } from './meta.ts'
import { everything } from './operations.ts'
import { assertType } from './reading.ts'
import { summary } from './summary.ts'
import { expandSet, lookup, subsumes, validateCode, validateSystemCode } from './terminology.ts'
import { validate } from './validating.ts'

interface Operation {
  readonly methods: readonly string[]
  /** Where it may be asked: of the record, of a type, of one resource. */
  readonly levels: readonly ('system' | 'type' | 'instance')[]
  /** Undefined for all types. */
  readonly types?: readonly string[]
  readonly run: (call: Call, type: string, id: string | undefined) => Promise<Answer>
}

const BOTH = ['GET', 'POST']
const TYPE: Operation['levels'] = ['type']
const EITHER: Operation['levels'] = ['type', 'instance']
const INSTANCE: Operation['levels'] = ['instance']

const OPERATIONS: Readonly<Record<string, Operation>> = {
  $validate: { methods: BOTH, levels: ['system', 'type', 'instance'], run: validate },
  $fhirpath: { methods: BOTH, levels: ['system', 'type', 'instance'], run: evaluatePath },
  $everything: {
    methods: BOTH,
    levels: INSTANCE,
    types: ['Patient'],
    run: (call, _type, id) => everything(call, id ?? ''),
  },
  $summary: { methods: BOTH, levels: EITHER, types: ['Patient'], run: (call, _type, id) => summary(call, id) },
  $meta: { methods: BOTH, levels: ['system', 'type', 'instance'], run: metaOf },
  '$meta-add': { methods: ['POST'], levels: INSTANCE, run: (call, type, id) => addMeta(call, type, id ?? '') },
  '$meta-delete': { methods: ['POST'], levels: INSTANCE, run: (call, type, id) => removeMeta(call, type, id ?? '') },
  $lastn: { methods: BOTH, levels: TYPE, types: ['Observation'], run: (call) => lastObservations(call) },
  $docref: { methods: BOTH, levels: TYPE, types: ['DocumentReference'], run: (call) => documentReferences(call) },
  $expand: { methods: BOTH, levels: EITHER, types: ['ValueSet'], run: (call, _type, id) => expandSet(call, id) },
  $lookup: { methods: BOTH, levels: TYPE, types: ['CodeSystem'], run: (call) => lookup(call) },
  $subsumes: { methods: BOTH, levels: EITHER, types: ['CodeSystem'], run: (call, _type, id) => subsumes(call, id) },
  '$validate-code': {
    methods: BOTH,
    levels: EITHER,
    types: ['CodeSystem', 'ValueSet'],
    run: (call, type, id) => (type === 'ValueSet' ? validateCode(call, id) : validateSystemCode(call, id)),
  },
}

/** The operation that the address names by `$`; undefined for an address without one. Throws 404 and 405. */
export function operate(call: Call): Promise<Answer> | undefined {
  const place = call.path.findIndex((part) => part.startsWith('$'))
  if (place < 0) return undefined
  const name = call.path[place] as string
  const operation = Object.hasOwn(OPERATIONS, name) ? OPERATIONS[name] : undefined
  const level = (['system', 'type', 'instance'] as const)[place]
  const [type = '', id] = call.path.slice(0, place)
  if (type !== '') assertType(call, type)
  const isHere =
    place === call.path.length - 1 &&
    level !== undefined &&
    operation?.levels.includes(level) === true &&
    (operation.types?.includes(type) ?? true)
  if (operation === undefined || !isHere) throw new PlatformError('not_found', 'No such interaction')
  if (!operation.methods.includes(call.method)) {
    const allowed = operation.methods.includes('GET') ? ['HEAD', ...operation.methods] : operation.methods
    throw new PlatformError('method_not_allowed', `${name} is asked by ${operation.methods.join(' or ')}`, { allowed })
  }
  return operation.run(call, type, id)
}
