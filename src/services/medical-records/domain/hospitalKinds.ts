/** What is read of a person's record at a hospital: a search in the person's compartment. */
export interface HospitalKind {
  readonly name: string
  readonly type: string
  /** What the search must have: a server may refuse to answer everything of a type. */
  readonly query: string
  /** What it may have: left out where the server does not take it. */
  readonly extra: string
}

const kind = (type: string, extra = ''): HospitalKind => ({ name: type, type, query: '', extra })
const observations = (category: string): HospitalKind => ({
  name: category,
  type: 'Observation',
  query: `&category=${category}`,
  extra: '',
})

/** In the order in which they are read; the searches that US Core names. */
export const HOSPITAL_KINDS: readonly HospitalKind[] = [
  observations('laboratory'),
  observations('vital-signs'),
  observations('social-history'),
  kind('Condition'),
  kind('AllergyIntolerance'),
  kind('MedicationRequest', '&_include=MedicationRequest:medication'),
  kind('MedicationStatement', '&_include=MedicationStatement:medication'),
  kind('Immunization'),
  kind('Procedure'),
  kind('DiagnosticReport'),
  kind('DocumentReference'),
  kind('Encounter'),
  kind('CarePlan', '&category=assess-plan'),
  kind('Goal'),
  kind('FamilyMemberHistory'),
  kind('Device'),
]

/** What became of a kind at a reading. */
export interface KindReading {
  readonly outcome: 'taken' | 'nothing' | 'not_open' | 'failed' | 'later'
  readonly count: number
  readonly why: string | null
  /** What changed before this time was read, as ISO 8601; undefined until a reading came to the end of it. */
  readonly since?: string | undefined
}

/** By the name of the kind. */
export type HospitalReport = Readonly<Record<string, KindReading>>

/**
 * Whether the scopes that were given open a type to be read; SMART v1 (`patient/Type.read`) and v2 (`patient/Type.rs`).
 * Where a server says nothing of what it gave, its answers say it.
 */
export function opens(scopes: string, type: string): boolean {
  const given = scopes.split(/\s+/).filter((one) => /^(patient|user)\//.test(one))
  if (given.length === 0) return true
  return given.some((one) => {
    const [, of, right = ''] = /^(?:patient|user)\/([A-Za-z*]+)\.([a-z*]+)/.exec(one) ?? []
    return (of === '*' || of === type) && (right === '*' || right === 'read' || /^c?r/.test(right))
  })
}
