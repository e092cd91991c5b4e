import { isObject, type Json, type JsonObject, listOf, numberOf, type Resource } from './json.ts'
import { keyOf, referenceForms, referenceOf, tokenForms } from './keys.ts'
import type { Component, Found, ParameterBook, SearchParameter } from './parameters.ts'
import { memberVisitor, type Visit, visitor } from './pathVisitor.ts'
import type { SearchValues } from './searchValues.ts'
import { HashPrefix } from './values.ts'
import { ValueWriter } from './valueWriter.ts'

interface Sink {
  readonly values: SearchValues
  readonly resource: Resource
}

/** How the values of a type are read: what to do with each member of the resource, and what to do besides. */
interface Plan {
  readonly members: ReadonlyMap<string, readonly ((member: Json, sink: Sink) => void)[]>
  readonly others: readonly Visit<Sink>[]
}

/** Reads from resources what they can be found by, as the definitions' search parameters say. */
export class Extractor {
  private readonly book: ParameterBook
  private readonly compartment: Readonly<Record<string, readonly string[]>>
  private readonly plans = new Map<string, Plan>()

  constructor(book: ParameterBook, compartment: Readonly<Record<string, readonly string[]>>) {
    this.book = book
    this.compartment = compartment
  }

  extract(resource: Resource): SearchValues {
    const { resourceType: type } = resource
    const identifiers = resource.identifier === undefined ? [] : identifiersOf(resource)
    const lists = { dates: [], numbers: [], texts: [], references: [], patients: [] }
    const values: SearchValues = { keys: new Set(), ...lists, identifiers }
    if (type === 'Patient') values.patients.push(String(resource.id))
    const plan = this.plans.get(type) ?? this.planOf(type)
    const sink = { values, resource }
    for (const name in resource) {
      const visits = plan.members.get(name)
      const member = resource[name]
      if (visits === undefined || member === undefined || member === null) continue
      for (const visit of visits) visit(member, sink)
    }
    for (const visit of plan.others) visit(resource, type, undefined, sink)
    if (type === 'Patient') addDeceased(values, resource)
    return withoutRepeats(values)
  }

  private planOf(type: string): Plan {
    const members = new Map<string, ((member: Json, sink: Sink) => void)[]>()
    const others: Visit<Sink>[] = []
    const roles = this.compartment[type] ?? []
    for (const parameter of this.book.of(type).values()) {
      const end = endOf(parameter, roles.includes(parameter.code))
      for (const steps of parameter.paths) {
        const [first, ...rest] = steps
        const isCounted = steps.some((step) => step.kind === 'index')
        if (first?.kind !== 'members' || isCounted) {
          others.push(visitor(steps, end))
          continue
        }
        const next = visitor(rest, end)
        for (const property of first.properties) {
          const visits = members.get(property.name) ?? []
          members.set(property.name, [...visits, memberVisitor(property, next)])
        }
      }
    }
    const plan = { members, others }
    this.plans.set(type, plan)
    return plan
  }
}

/** What is done with each thing that a parameter's paths find. */
function endOf(parameter: SearchParameter, isRole: boolean): Visit<Sink> {
  const { code, type: kind } = parameter
  const has = keyOf(code, 'has', '')
  const add = kind === 'composite' ? compositeOf(parameter) : plainOf(code, kind)
  return (value, type, property, sink) => {
    sink.values.keys.add(has)
    add(value, type, property, sink)
    const target = isRole ? referenceOf(value) : undefined
    if (target?.type === 'Patient' && !sink.values.patients.includes(target.id)) sink.values.patients.push(target.id)
  }
}

function plainOf(code: string, kind: SearchParameter['type']): Visit<Sink> {
  const writer = new ValueWriter(new HashPrefix(code))
  return (value, type, property, { values }) => writer.add(values, kind, value, type, property)
}

/** The last part of a composite is indexed under a name that holds the parts before it. */
function compositeOf({ code, components }: SearchParameter): Visit<Sink> {
  const [first, start, end] = components
  if (first === undefined || start === undefined) return () => undefined
  if (start.type === 'number' && end !== undefined) return stretchOf(code, [first, start, end])
  const last = components.at(-1) as Component
  const before = components.slice(0, -1).map(formsReader)
  const ends = valuesReader(last)
  const name = new HashPrefix(code)
  return (value, type, _property, { values }) => {
    if (!isObject(value)) return
    const found = ends(value, type)
    if (found.length === 0) return
    let names = [name]
    for (const read of before) {
      const forms = read(value, type)
      names = names.flatMap((one) => [...forms].map((form) => one.with(`\u0002${form}`)))
    }
    for (const one of names) {
      const writer = new ValueWriter(one)
      for (const each of found) writer.add(values, last.type, each.value, each.type, each.property)
    }
  }
}

/** `chromosome$start$end`: one row of start and end, under a name that holds the first part. */
function stretchOf(code: string, [first, start, end]: readonly [Component, Component, Component]): Visit<Sink> {
  const [forms, starts, ends] = [formsReader(first), valuesReader(start), valuesReader(end)]
  return (value, type, _property, { values, resource }) => {
    if (!isObject(value)) return
    const [from, until] = [starts, ends].map((read) => numberOf(read(value, type)[0]?.value))
    if (from === undefined || until === undefined) return
    const names = first.isOfResource ? forms(resource, resource.resourceType) : forms(value, type)
    for (const form of names) {
      const { parameter } = new ValueWriter(new HashPrefix(`${code}\u0002${form}`))
      values.numbers.push({ parameter, from, until, system: '', code: '', unit: '', canonical: undefined })
    }
  }
}

/** Reads all that a part of a composite finds. */
function valuesReader(part: Component): (root: JsonObject, type: string) => Found[] {
  const visits = new Map(
    [...part.paths].map(([type, paths]) => [
      type,
      paths.map((steps) =>
        visitor<Found[]>(steps, (value, of, property, into) => into.push({ value, type: of, property })),
      ),
    ]),
  )
  return (root, type) => {
    const found: Found[] = []
    for (const visit of visits.get(type) ?? []) visit(root, type, undefined, found)
    return found
  }
}

/** Reads in which forms a part may be asked for that isn't the last. */
function formsReader(part: Component): (root: JsonObject, type: string) => ReadonlySet<string> {
  const read = valuesReader(part)
  return (root, type) => {
    const forms = new Set<string>()
    const take = (kind: string, text: string) => void (kind === 'value' && forms.add(text))
    for (const one of read(root, type)) {
      if (part.type === 'token') tokenForms(one, take)
      else if (part.type === 'reference') referenceForms(one.value, take)
    }
    return forms
  }
}

/** `system|value` of each identifier of a resource that has both. */
export function identifiersOf({ identifier }: Resource): string[] {
  const names = listOf(identifier).flatMap((one) =>
    isObject(one) && typeof one.system === 'string' && typeof one.value === 'string'
      ? [`${one.system}|${one.value}`]
      : [],
  )
  return names.length < 2 ? names : [...new Set(names)]
}

function addDeceased(values: SearchValues, patient: Resource): void {
  const isDeceased = patient.deceasedDateTime !== undefined || patient.deceasedBoolean === true
  values.keys.add(keyOf('deceased', 'has', '')).add(keyOf('deceased', 'value', String(isDeceased)))
}

function withoutRepeats(values: SearchValues): SearchValues {
  return {
    ...values,
    dates: once(values.dates, (one) => `${one.from} ${one.until}`),
    numbers: once(values.numbers, ({ canonical: _same, ...one }) => Object.values(one).join('\u0001')),
    texts: once(values.texts, (one) => one.text),
    references: once(values.references, (one) => `${one.type}/${one.id}`),
  }
}

/** Each item once; `nameOf` tells those of one parameter apart. */
function once<Item extends { readonly parameter: number }>(items: Item[], nameOf: (item: Item) => string): Item[] {
  if (items.length < 2) return items
  const [seen, kept]: [Map<number, Item | Set<string>>, Item[]] = [new Map(), []]
  for (const item of items) {
    const other = seen.get(item.parameter)
    if (other === undefined) seen.set(item.parameter, item)
    else {
      const names = other instanceof Set ? other : new Set([nameOf(other)])
      const name = nameOf(item)
      if (names.has(name)) continue
      seen.set(item.parameter, names.add(name))
    }
    kept.push(item)
  }
  return kept
}
