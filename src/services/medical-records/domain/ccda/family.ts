import { relationOf } from '../fhir/relations.ts'
import { type ImportedItem, tidy } from '../imported.ts'
import { type Aside, leave, withdraw } from './aside.ts'
import { codedOf, idOf, isNegated, originalText, type Section } from './parts.ts'
import { child, childrenOf, type XmlNode } from './xml.ts'

/** SNOMED CT: the age at which something began, and that somebody died of it. */
const AGE = '445518008'
const DEAD = '419099009'

/** Illnesses in the family: each observation of each relative (C-CDA R2.1, Family History Organizer). */
export function familyOf(section: Section, aside: Aside): ImportedItem[] {
  return section.entries
    .flatMap((entry) => childrenOf(entry, 'organizer'))
    .flatMap((organizer) => {
      const relative = child(organizer, 'subject', 'relatedSubject')
      const illnesses = childrenOf(organizer, 'component').flatMap((one) => childrenOf(one, 'observation'))
      if (illnesses.length === 0) leave(aside, 'family history', 'It names no illness')
      return illnesses.flatMap((one) => illnessOf(one, organizer, relative, section, aside))
    })
}

function illnessOf(
  observation: XmlNode,
  organizer: XmlNode,
  relative: XmlNode | undefined,
  section: Section,
  aside: Aside,
): ImportedItem[] {
  if (isNegated(observation)) return leave(aside, 'family history', 'It says that there is none')
  const coded = codedOf(child(observation, 'value'), section)
  const display = coded.display ?? tidy(originalText(observation, section), 300)
  if (display === null) return leave(aside, 'family history', 'It has no name')
  const role = codedOf(child(relative, 'code'), section)
  const relationship = relationOf(child(relative, 'code')?.attributes.code, role.display)
  const years = ageOf(observation)
  const isCoded = coded.code !== null && coded.codeSystem !== null
  const id = idOf(observation)
  const key = ['family', id || idOf(organizer), coded.code ?? display, id === '' ? relationship : ''].join('|')
  const item = {
    kind: 'family_history',
    key: key.slice(0, 400),
    display,
    code: isCoded ? coded.code : null,
    codeSystem: isCoded ? coded.codeSystem : null,
    status: 'completed',
    startedOn: null,
    endedOn: null,
    detail: {
      relationship,
      ...(isDead(observation, relative) ? { is_deceased: true } : {}),
      ...(years === undefined ? {} : { onset_age_years: years }),
    },
    // A relative that the record has no word for is named as the document does.
    notes: relationship === 'other' ? role.display : null,
  } as const
  return withdraw(aside, [observation, organizer], item) ? [] : [item]
}

function inner(observation: XmlNode): readonly XmlNode[] {
  return childrenOf(observation, 'entryRelationship').flatMap((one) => childrenOf(one, 'observation'))
}

/** Whole years at the beginning; undefined for none, or another unit. */
function ageOf(observation: XmlNode): number | undefined {
  const age = inner(observation).find((one) => child(one, 'code')?.attributes.code === AGE)
  const { value = '', unit = 'a' } = child(age, 'value')?.attributes ?? {}
  const years = /^\d{1,3}$/.test(value) && unit === 'a' ? Number(value) : Number.NaN
  return years <= 130 ? years : undefined
}

function isDead(observation: XmlNode, relative: XmlNode | undefined): boolean {
  const said = child(relative, 'subject', 'deceasedInd')?.attributes.value === 'true'
  return said || inner(observation).some((one) => child(one, 'value')?.attributes.code === DEAD)
}
