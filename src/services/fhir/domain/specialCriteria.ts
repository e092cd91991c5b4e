import { badSearch } from './refused.ts'

/** A condition that no definition describes. */
export type SpecialCriterion =
  | { readonly kind: 'id'; readonly values: readonly string[] }
  | { readonly kind: 'updated'; readonly values: readonly string[] }
  /** Words of the narrative, or of any text. */
  | { readonly kind: 'words'; readonly isNarrative: boolean; readonly values: readonly string[] }
  /** Is an entry of one of these lists. */
  | { readonly kind: 'listed'; readonly lists: readonly string[] }
  /** Meets all or nothing: `_id:missing`. */
  | { readonly kind: 'constant'; readonly isMet: boolean }

const LONGEST_WORDS = 200

/** Conditions that no definition of a search parameter describes; undefined for all others. Throws 400. */
export function specialCriterion(
  code: string,
  modifier: string | undefined,
  value: string,
  values: readonly string[],
): SpecialCriterion | undefined {
  if (modifier === 'missing' && (code === '_id' || code === '_lastUpdated')) {
    if (value !== 'true' && value !== 'false') throw badSearch(`${code}:missing must be true or false`)
    return { kind: 'constant', isMet: value === 'false' }
  }
  if (modifier !== undefined) return undefined
  switch (code) {
    case '_id':
      return { kind: 'id', values }
    case '_lastUpdated':
      return { kind: 'updated', values }
    case '_text':
    case '_content':
      if (value.length > LONGEST_WORDS) throw badSearch(`${code} takes at most ${LONGEST_WORDS} characters`)
      return { kind: 'words', isNarrative: code === '_text', values }
    case '_list':
      return { kind: 'listed', lists: values.map((one) => one.replace(/^List\//, '')) }
    default:
      return undefined
  }
}
