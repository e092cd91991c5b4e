import { isObject, type JsonObject, listOf, numberOf } from './json.ts'

/** Tells a fault with its place. */
type Say = (text: string, path: string) => void

/** What the specification says in words of a type, and no rule in FHIRPath does. */
export const CONSISTENCY: Readonly<Record<string, (object: JsonObject, path: string, say: Say) => void>> = {
  Attachment({ data, size }, path, say) {
    const told = numberOf(size)
    if (typeof data !== 'string' || told === undefined) return
    const packed = data.replaceAll(/\s/g, '')
    const bytes = (packed.length / 4) * 3 - (packed.endsWith('==') ? 2 : packed.endsWith('=') ? 1 : 0)
    if (bytes !== told) say(`size says ${told} bytes, data holds ${bytes}`, `${path}.size`)
  },
  Bundle(bundle, path, say) {
    const relations = listOf(bundle.link).map((link) => (isObject(link) ? link.relation : undefined))
    const twice = relations.find((one, index) => one !== undefined && relations.indexOf(one) !== index)
    if (twice !== undefined) say(`there can be one link ${String(twice).slice(0, 40)} only`, `${path}.link`)
    const isAsked = bundle.type === 'batch' || bundle.type === 'transaction'
    for (const [index, entry] of listOf(bundle.entry).entries()) {
      if (!isObject(entry)) continue
      const { fullUrl, resource } = entry
      if (!isAsked && typeof fullUrl === 'string' && !ABSOLUTE.test(fullUrl)) {
        say('fullUrl must be an absolute address', `${path}.entry[${index}].fullUrl`)
      }
      const isFound = bundle.type === 'searchset' && isObject(resource) && resource.resourceType !== 'OperationOutcome'
      if (isFound && resource.id === undefined) say('what a search finds has an id', `${path}.entry[${index}].resource`)
    }
  },
}

const ABSOLUTE = /^[A-Za-z][A-Za-z0-9+.-]*:\S/
