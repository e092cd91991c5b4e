import type { Static, TSchema } from 'typebox'
import { Compile, type Validator } from 'typebox/compile'

/** One fault in a value: where it is and what would be right. */
export interface FieldFault {
  /** Dotted name of the field, as the client wrote it (`items.0.value`); empty for the whole value. */
  readonly field: string
  readonly detail: string
  readonly allowed?: readonly unknown[]
}

const compiled = new WeakMap<TSchema, Validator>()

function validatorOf(schema: TSchema): Validator {
  let validator = compiled.get(schema)
  if (validator === undefined) {
    validator = Compile(schema)
    compiled.set(schema, validator)
  }
  return validator
}

/** Tells whether `value` satisfies `schema`. The schema is compiled at its first use. */
export function matches<Schema extends TSchema>(schema: Schema, value: unknown): value is Static<Schema> {
  return validatorOf(schema).Check(value)
}

const MAXIMUM_FAULTS = 10
/** Clients choose the names of unknown fields. */
const MAXIMUM_FIELD = 200

/** Lists what is wrong with `value` (at most ten faults, one a field), each naming the field and what is allowed there. */
export function faultsOf(schema: TSchema, value: unknown): FieldFault[] {
  const faults = new Map<string, FieldFault>()
  for (const error of validatorOf(schema).Errors(value)) {
    for (const fault of faultsOfError(error)) {
      const field = fault.field.slice(0, MAXIMUM_FIELD)
      if (faults.size < MAXIMUM_FAULTS && !faults.has(field)) faults.set(field, { ...fault, field })
    }
    if (faults.size >= MAXIMUM_FAULTS) break
  }
  return [...faults.values()]
}

interface SchemaError {
  readonly keyword: string
  readonly instancePath: string
  readonly message: string
  readonly params: object
}

function faultsOfError(error: SchemaError): FieldFault[] {
  const at = error.instancePath
    .slice(1)
    .split('/')
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .join('.')
  const within = (name: string) => (at === '' ? name : `${at}.${name}`)
  const params = error.params as Record<string, unknown>
  switch (error.keyword) {
    case 'required':
      return (params.requiredProperties as string[]).map((name) => ({ field: within(name), detail: 'is required' }))
    case 'boolean':
      // A closed object judges the value of a member it does not know by the schema `false`.
      return [{ field: at, detail: 'unknown field' }]
    case 'additionalProperties':
      return (params.additionalProperties as string[]).map((name) => ({ field: within(name), detail: 'unknown field' }))
    case 'enum':
      return [{ field: at, detail: 'must be one of the allowed values', allowed: params.allowedValues as unknown[] }]
    case 'const':
      return [{ field: at, detail: 'must be the allowed value', allowed: [params.allowedValue] }]
    // The branches of a union report themselves; "no branch fits" adds nothing to them.
    default:
      return [{ field: at, detail: error.message }]
  }
}
