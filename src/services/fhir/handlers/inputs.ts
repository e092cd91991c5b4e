import { PlatformError } from '../../../kernel/errors.ts'
import { isObject, type Json, type JsonObject, listOf, stringify } from '../domain/json.ts'
import type { Answer } from './answers.ts'
import { bodyJson, type Call } from './call.ts'

/** What an operation was given: in the address, or as Parameters. */
export class Inputs {
  private readonly values: ReadonlyMap<string, readonly Json[]>
  private readonly nested: ReadonlyMap<string, readonly Json[]>

  constructor(
    values: ReadonlyMap<string, readonly Json[]>,
    nested: ReadonlyMap<string, readonly Json[]> = new Map<string, readonly Json[]>(),
  ) {
    this.values = values
    this.nested = nested
  }

  /** The parts of a parameter that has parts instead of a value. */
  parts(name: string): readonly Json[] {
    return this.nested.get(name) ?? []
  }

  all(name: string): readonly Json[] {
    return this.values.get(name) ?? []
  }

  /** The first value as text; a number or a boolean as it is written. */
  text(name: string): string | undefined {
    const [value] = this.all(name)
    if (value === undefined || isObject(value) || Array.isArray(value)) return undefined
    return String(typeof value === 'object' ? stringify(value) : value)
  }

  object(name: string): JsonObject | undefined {
    const [value] = this.all(name)
    return isObject(value) ? value : undefined
  }

  /** A whole number from 0. Throws 400 for anything else that is given. */
  whole(name: string): number | undefined {
    const text = this.text(name)
    if (text === undefined || text === '') return undefined
    if (!/^\d{1,9}$/.test(text)) throw new PlatformError('bad_request', `${name} must be a whole number`)
    return Number(text)
  }

  isTrue(name: string): boolean {
    return this.text(name) === 'true'
  }

  /** All that is plain text, as the address would say it. */
  pairs(): [string, string][] {
    return [...this.values].flatMap(([name, list]) =>
      list.flatMap((one): [string, string][] => (isObject(one) || Array.isArray(one) ? [] : [[name, String(one)]])),
    )
  }

  names(): string[] {
    return [...this.values.keys()]
  }
}

/**
 * Parameters of the address and of a Parameters body; a body of the type of `direct`, or with `takesAny` any other body,
 * stands for the parameter of that name.
 */
export async function inputsOf(
  call: Call,
  direct?: { readonly type: string; readonly name: string },
  takesAny = false,
): Promise<Inputs> {
  const values = new Map<string, Json[]>()
  const nested = new Map<string, Json[]>()
  const add = (name: string, value: Json) => values.set(name, [...(values.get(name) ?? []), value])
  for (const [name, value] of call.query) if (value !== '') add(name, value)
  if (call.method !== 'POST') return new Inputs(values)
  const body = await bodyJson(call)
  const isDirect = isObject(body)
    ? body.resourceType === direct?.type || (takesAny && body.resourceType !== 'Parameters')
    : takesAny
  if (isDirect) add(direct?.name ?? '', body)
  else if (!isObject(body)) throw new PlatformError('bad_request', 'The body must be Parameters')
  else if (body.resourceType !== 'Parameters') throw new PlatformError('bad_request', 'The body must be Parameters')
  else {
    for (const one of listOf(body.parameter)) {
      if (!isObject(one) || typeof one.name !== 'string') continue
      const key = Object.keys(one).find((name) => /^value[A-Z]/.test(name))
      const value = one.resource ?? (key === undefined ? undefined : one[key])
      if (value !== undefined) add(one.name, value)
      else nested.set(one.name, listOf(one.part))
    }
  }
  return new Inputs(values, nested)
}

/** Throws 400 for what the operation doesn't know. */
export function assertKnown(inputs: Inputs, operation: string, known: readonly string[]): void {
  const unknown = inputs
    .names()
    .find((name) => !known.includes(name) && !['_format', '_pretty', 'profile_id'].includes(name))
  if (unknown !== undefined) {
    throw new PlatformError('bad_request', `Unknown parameter "${unknown.slice(0, 60)}" of ${operation}`)
  }
}

/** Parameters as an answer; members that are undefined are left out. */
export function parametersAnswer(parameter: readonly (JsonObject | undefined)[]): Answer {
  const given = parameter.filter((one) => one !== undefined)
  return { status: 200, body: stringify({ resourceType: 'Parameters', parameter: given }) }
}
