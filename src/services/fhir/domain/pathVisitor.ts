import type { Property } from './definitions.ts'
import { isObject, type Json } from './json.ts'
import { findValues, refersTo, type Step } from './parameters.ts'

/** Is shown a value that a path finds, and what the visit collects into. */
export type Visit<Sink> = (value: Json, type: string, property: Property | undefined, sink: Sink) => void

/** A path as one function, from its first step on: shows `end` everything that it finds, without lists in between. */
export function visitor<Sink>(steps: readonly Step[], end: Visit<Sink>): Visit<Sink> {
  if (steps.some((step) => step.kind === 'index')) return counted(steps, end)
  return steps.reduceRight<Visit<Sink>>((next, step) => along(step, next), end)
}

/** `name[0]`: which one it is shows only when all of a step are found. */
function counted<Sink>(steps: readonly Step[], end: Visit<Sink>): Visit<Sink> {
  return (value, type, _property, sink) => {
    if (!isObject(value)) return
    for (const found of findValues(value, type, [steps])) end(found.value, found.type, found.property, sink)
  }
}

function along<Sink>(step: Step, next: Visit<Sink>): Visit<Sink> {
  switch (step.kind) {
    case 'members': {
      const members = step.properties.map((property) => ({ name: property.name, visit: memberVisitor(property, next) }))
      return (value, _type, _property, sink) => {
        if (!isObject(value)) return
        for (const { name, visit } of members) {
          const member = value[name]
          if (member !== undefined && member !== null) visit(member, sink)
        }
      }
    }
    case 'equals':
      return (value, type, property, sink) => {
        if (isObject(value) && String(value[step.name]) === step.value) next(value, type, property, sink)
      }
    case 'refers':
      return (value, type, property, sink) => {
        if (isObject(value) && refersTo(value, step.type)) next(value, type, property, sink)
      }
    case 'index':
      return next
  }
}

/** Shows what a member holds, one or a list. */
export function memberVisitor<Sink>(property: Property, next: Visit<Sink>): (member: Json, sink: Sink) => void {
  const show = (one: Json, sink: Sink) => {
    if (one === null) return
    const type = property.type === 'Resource' && isObject(one) ? String(one.resourceType) : property.type
    next(one, type, property, sink)
  }
  return (member, sink) => {
    if (Array.isArray(member)) for (const one of member) show(one, sink)
    else show(member, sink)
  }
}
