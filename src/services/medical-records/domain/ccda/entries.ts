import { type ImportedEntry, type ImportedItem, known, tidy } from '../imported.ts'
import { type Aside, leave, withdraw } from './aside.ts'
import { type Coded, codedOf, idOf, isNegated, originalText, periodOf, type Section } from './parts.ts'
import { child, childrenOf, textOf, type XmlNode } from './xml.ts'

type Kind = ImportedEntry['kind']

interface Said {
  readonly status: string
  readonly startedOn: string | null
  readonly endedOn: string | null
  readonly detail?: Readonly<Record<string, string | number | null>>
}

/** What is not done to its end is not called done. */
const PROCEDURES: Readonly<Record<string, string>> = { active: 'in-progress', aborted: 'stopped', suspended: 'stopped' }

/** Problems: the observation inside each concern. */
export function problemsOf(section: Section, aside: Aside): ImportedItem[] {
  return concerns(section).flatMap(({ concern, observation }) => {
    if (isNegated(observation)) return leave(aside, 'problems', 'It says that there is none')
    const coded = codedOf(child(observation, 'value'), section)
    const { start, end } = periodOf(child(observation, 'effectiveTime'))
    const isOver = end !== null || child(concern, 'statusCode')?.attributes.code === 'completed'
    return entry(
      'condition',
      observation,
      withWords(coded, observation, section),
      aside,
      {
        status: isOver ? 'resolved' : 'active',
        startedOn: start,
        endedOn: end,
      },
      concern,
    )
  })
}

/** Allergies: to what, and the reaction. */
export function allergiesOf(section: Section, aside: Aside): ImportedItem[] {
  return concerns(section).flatMap(({ concern, observation }) => {
    if (isNegated(observation)) return leave(aside, 'allergies', 'It says that there is none')
    const entity = child(observation, 'participant', 'participantRole', 'playingEntity')
    const coded = codedOf(child(entity, 'code'), section)
    const named = { ...coded, display: coded.display ?? tidy(textOf(child(entity, 'name'), 300), 300) }
    const reaction = childrenOf(observation, 'entryRelationship')
      .filter((one) => one.attributes.typeCode === 'MFST')
      .map((one) => codedOf(child(one, 'observation', 'value'), section).display)
      .find((one) => one !== null)
    const { start, end } = periodOf(child(observation, 'effectiveTime'))
    return entry(
      'allergy',
      observation,
      named,
      aside,
      {
        status: end === null ? 'active' : 'resolved',
        startedOn: start,
        endedOn: end,
        detail: { reaction: reaction ?? null },
      },
      concern,
    )
  })
}

/** Medicines: what, how, and from when to when. */
export function medicationsOf(section: Section, aside: Aside): ImportedItem[] {
  return administrations(section).flatMap((one) => {
    if (isNegated(one)) return leave(aside, 'medicines', 'It says that it is not taken')
    const times = childrenOf(one, 'effectiveTime')
    const { start, end } = periodOf(
      times.find((time) => child(time, 'low') !== undefined || child(time, 'high') !== undefined),
    )
    const dose = child(one, 'doseQuantity')?.attributes
    const words = dose?.value === undefined ? '' : `${dose.value} ${dose.unit ?? ''}`
    const code = child(one, 'statusCode')?.attributes.code
    return entry('medication', one, productOf(one, section), aside, {
      status:
        code === 'aborted' || code === 'suspended'
          ? 'stopped'
          : end !== null || code === 'completed'
            ? 'completed'
            : 'active',
      startedOn: start,
      endedOn: end,
      detail: {
        dosage: tidy(originalText(one, section), 500) ?? tidy(words, 500),
        route: codedOf(child(one, 'routeCode'), section).display?.slice(0, 100) ?? null,
      },
    })
  })
}

/** Immunisations that were given; those that weren't are skipped. */
export function immunizationsOf(section: Section, aside: Aside): ImportedItem[] {
  return administrations(section).flatMap((one) => {
    if (isNegated(one)) return leave(aside, 'immunisations', 'It says that it was not given')
    const { start } = periodOf(child(one, 'effectiveTime'))
    if (start === null) return leave(aside, 'immunisations', 'It has no date')
    const product = child(one, 'consumable', 'manufacturedProduct')
    return entry('immunization', one, productOf(one, section), aside, {
      status: 'completed',
      startedOn: start,
      endedOn: null,
      detail: {
        lot_number: tidy(textOf(child(product, 'manufacturedMaterial', 'lotNumberText'), 60), 60),
        manufacturer: tidy(textOf(child(product, 'manufacturerOrganization', 'name'), 200), 200),
      },
    })
  })
}

/** Procedures, also those written as acts or observations. */
export function proceduresOf(section: Section, aside: Aside): ImportedItem[] {
  return section.entries.flatMap((holder) =>
    holder.children
      .filter((one) => one.name === 'procedure' || one.name === 'act' || one.name === 'observation')
      .flatMap((one) => {
        if (isNegated(one)) return leave(aside, 'procedures', 'It says that it was not done')
        const { start, end } = periodOf(child(one, 'effectiveTime'))
        const status = child(one, 'statusCode')?.attributes.code
        return entry('procedure', one, withWords(codedOf(child(one, 'code'), section), one, section), aside, {
          status: known(PROCEDURES, status) ?? 'completed',
          startedOn: start,
          endedOn: end,
        })
      }),
  )
}

function entry(kind: Kind, node: XmlNode, coded: Coded, aside: Aside, said: Said, holder?: XmlNode): ImportedItem[] {
  if (coded.display === null) return leave(aside, kind, 'It has no name')
  const id = idOf(node)
  const detail = Object.entries(said.detail ?? {}).filter(([, value]) => value !== null) as [string, string | number][]
  const item: ImportedEntry = {
    kind,
    key: [id, coded.code ?? coded.display, id === '' ? said.startedOn : ''].join('|').slice(0, 400),
    display: coded.display,
    code: coded.codeSystem === null ? null : coded.code,
    codeSystem: coded.code === null ? null : coded.codeSystem,
    status: said.status,
    startedOn: said.startedOn,
    endedOn: said.endedOn,
    detail: Object.fromEntries(detail),
    notes: null,
  }
  return withdraw(aside, [node, holder], item) ? [] : [item]
}

function withWords(coded: Coded, node: XmlNode, section: Section): Coded {
  return coded.display === null ? { ...coded, display: tidy(originalText(node, section), 300) } : coded
}

function productOf(node: XmlNode, section: Section): Coded {
  const material = child(node, 'consumable', 'manufacturedProduct', 'manufacturedMaterial')
  const coded = codedOf(child(material, 'code'), section)
  return { ...coded, display: coded.display ?? tidy(textOf(child(material, 'name'), 300), 300) }
}

function concerns(section: Section): { readonly concern: XmlNode; readonly observation: XmlNode }[] {
  return section.entries
    .flatMap((one) => childrenOf(one, 'act'))
    .flatMap((concern) =>
      childrenOf(concern, 'entryRelationship')
        .flatMap((one) => childrenOf(one, 'observation'))
        .map((observation) => ({ concern, observation })),
    )
}

function administrations(section: Section): readonly XmlNode[] {
  return section.entries.flatMap((one) => childrenOf(one, 'substanceAdministration'))
}
