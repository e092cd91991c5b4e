import type { CriticalContent } from './extract/findings.ts'

/** One fact for helpers, with where it comes from. */
export interface EmergencyFact {
  readonly kind: 'blood_group' | 'allergy' | 'condition' | 'medication'
  readonly text: string
  readonly detail: string | null
  readonly source: 'document' | 'entered' | 'imported' | 'demo'
  readonly noted_at: string
}

interface Entry {
  readonly kind: string
  readonly display: string
  readonly detail: Readonly<Record<string, string | number | boolean>>
  readonly source: 'manual' | 'ccda' | 'fhir' | 'demo'
  readonly updated_at: Date
}

const KINDS = { blood_group: 'blood_group', allergy: 'allergy', chronic_condition: 'condition' } as const
const MOST = 1000

/** A confirmed value of a document as a fact; nothing where it says nothing or when it was confirmed is unknown. */
export function factOfDocument(content: CriticalContent | undefined, at: Date | undefined): EmergencyFact[] {
  if (content === undefined || at === undefined) return []
  const { info_type, value } = content
  return [{ kind: KINDS[info_type], text: value, detail: null, source: 'document', noted_at: at.toISOString() }]
}

/**
 * All facts, each text of a kind once; the entries of the record go first, because they say more. Two documents that say
 * different blood groups: neither is told, and that they differ is.
 */
export function emergencyFactsOf(ofDocuments: readonly EmergencyFact[], entries: readonly Entry[]) {
  const groups = new Set(ofDocuments.flatMap((fact) => (fact.kind === 'blood_group' ? [fact.text.toUpperCase()] : [])))
  const differing = groups.size > 1
  const all = [...entries.flatMap(factOfEntry), ...ofDocuments]
  const seen = new Set<string>()
  const facts = all.filter(({ kind, text }) => {
    const key = `${kind} ${text.toLowerCase()}`
    if (seen.has(key) || (kind === 'blood_group' && differing)) return false
    seen.add(key)
    return true
  })
  return { facts: facts.slice(0, MOST), differing_blood_groups: differing }
}

function factOfEntry({ kind, display, detail, source, updated_at }: Entry): EmergencyFact[] {
  if (kind !== 'allergy' && kind !== 'condition' && kind !== 'medication') return []
  const { reaction, severity, criticality, dosage, verification } = detail
  const words = {
    allergy: [reaction, severity, criticality === 'high' ? 'high risk' : undefined],
    condition: [severity],
    medication: [dosage],
  }[kind]
  const doubt = verification === 'unconfirmed' || verification === 'provisional' ? 'not confirmed' : undefined
  const told = [...words, doubt].filter((word) => typeof word === 'string')
  return [
    {
      kind,
      text: display,
      detail: told.length === 0 ? null : told.join(', '),
      source: source === 'manual' ? 'entered' : source === 'demo' ? 'demo' : 'imported',
      noted_at: updated_at.toISOString(),
    },
  ]
}
