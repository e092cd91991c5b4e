import { tidy } from '../imported.ts'
import { objectOf, objectsOf, textIn } from './json.ts'

/** The codings of a CodeableConcept: short texts, or nothing. */
export function codingsOf(
  concept: unknown,
): readonly { readonly system: string; readonly code: string | null; readonly display: string | null }[] {
  return objectsOf(objectOf(concept)?.coding).map((coding) => ({
    system: textIn(coding.system) ?? '',
    code: tidy(textIn(coding.code), 60),
    display: tidy(textIn(coding.display), 300),
  }))
}
