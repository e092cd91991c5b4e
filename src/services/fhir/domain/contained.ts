import { isObject, type Json, type Resource } from './json.ts'

/** Tells a fault with its place. */
export type Say = (text: string, path: string) => void

/** dom-2, dom-4, dom-5: what is contained is part of its container. */
export function checkContained(resource: Resource, path: string, say: Say): void {
  if (resource.contained !== undefined) say('dom-2: what is contained may not contain', path)
  const meta = isObject(resource.meta) ? resource.meta : {}
  if (meta.versionId !== undefined || meta.lastUpdated !== undefined) {
    say('dom-4: what is contained has no version of its own', path)
  }
  if (meta.security !== undefined) say('dom-5: what is contained has no security label', path)
}

/** dom-3: everything contained is referred to, or refers to its container. */
export function checkUsed(resource: Resource, path: string, say: Say): void {
  const texts = new Set<string>()
  const outward = new Set<Json>()
  const walk = (value: Json | undefined, inside: Json | undefined): void => {
    if (typeof value === 'string') {
      if (value.startsWith('#')) {
        texts.add(value)
        if (value === '#' && inside !== undefined) outward.add(inside)
      }
    } else if (Array.isArray(value)) for (const one of value) walk(one, inside)
    else if (isObject(value)) for (const key of Object.keys(value)) walk(value[key], inside)
  }
  for (const key of Object.keys(resource)) if (key !== 'contained') walk(resource[key], undefined)
  const contained = resource.contained as Json[]
  for (const one of contained) walk(one, one)
  const ids = new Set<Json>()
  contained.forEach((one, index) => {
    if (isObject(one) && typeof one.id === 'string' && ids.size === ids.add(one.id).size) {
      say('two contained resources have one id', `${path}.contained[${index}].id`)
    }
    if (!isObject(one) || (typeof one.id === 'string' && texts.has(`#${one.id}`)) || outward.has(one)) return
    say('dom-3: what is contained must be referred to', `${path}.contained[${index}]`)
  })
}
