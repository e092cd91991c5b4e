import type { DemoData, DemoPerson } from '../../kernel/service.ts'
import { ageInYears } from '../../shared/dates.ts'
import { seededRandom } from '../../shared/random.ts'
import { judgeLab } from './domain/labs/judge.ts'
import { insertEntries, type NewClinical } from './store/clinical.ts'
import { insertLabs, type NewLab } from './store/labs.ts'

type Test = readonly [name: string, unit: string, first: number, last: number, decimals: number]
type Entry = readonly [
  kind: NewClinical['kind'],
  display: string,
  startedOn: string | null,
  detail?: Record<string, string>,
]

interface History {
  readonly tests: readonly Test[]
  readonly entries: readonly Entry[]
}

/** Whom the drills of export and erasure make up. */
const DRILL = 'drill'
const ROUNDS = 7
const DAYS_BETWEEN = 91
const DAY_MS = 86_400_000

/** What the laboratory found in each of the household, from the first to the last of seven rounds. */
const HISTORIES: Readonly<Record<string, History>> = {
  asha: {
    tests: [
      ['Haemoglobin', 'g/dL', 10.6, 12.8, 1],
      ['Ferritin', 'ng/mL', 9, 34, 0],
      ['TSH', 'mIU/L', 2.2, 2.4, 2],
      ['Vitamin D (25-OH)', 'ng/mL', 14, 31, 0],
    ],
    entries: [
      ['condition', 'Iron deficiency anaemia', '2024-11'],
      ['allergy', 'Penicillin', '2009', { category: 'medication', criticality: 'high', reaction: 'Rash' }],
      ['family_history', 'Type 2 diabetes', null, { relationship: 'father' }],
    ],
  },
  ravi: {
    tests: [
      ['HbA1c', '%', 8.4, 7.1, 1],
      ['LDL Cholesterol', 'mg/dL', 158, 92, 0],
      ['Creatinine', 'mg/dL', 1.1, 1.3, 2],
      ['Potassium', 'mmol/L', 4.4, 4.7, 1],
      ['ALT', 'U/L', 41, 36, 0],
    ],
    entries: [
      ['condition', 'Type 2 diabetes', '2014-05'],
      ['condition', 'Hypertension', '2011'],
      ['medication', 'Metformin 1000 mg', '2014-06-01', { dosage: 'one in the morning, one in the evening' }],
      ['medication', 'Atorvastatin 20 mg', '2025-01-15', { dosage: 'one in the evening' }],
      ['procedure', 'Cataract surgery, left', '2022-03'],
    ],
  },
  kiran: {
    tests: [
      ['Total Cholesterol', 'mg/dL', 214, 196, 0],
      ['Triglycerides', 'mg/dL', 188, 152, 0],
      ['Fasting Glucose', 'mg/dL', 98, 96, 0],
    ],
    entries: [
      ['immunization', 'Influenza', '2025-10-11'],
      ['family_history', 'Heart attack', null, { relationship: 'father' }],
    ],
  },
  meera: {
    tests: [['Haemoglobin', 'g/dL', 11.8, 12.1, 1]],
    entries: [
      ['allergy', 'Peanut', '2021', { category: 'food', criticality: 'high', reaction: 'Hives' }],
      ['immunization', 'Measles, mumps and rubella', '2020-06-02'],
    ],
  },
}

/** Two years of laboratory rounds and a short history: synthetic, the same for the same seed, announced to nobody. */
export const demo: DemoData = {
  async seed(context, person) {
    const history = HISTORIES[person.key === DRILL ? 'asha' : person.key]
    if (history === undefined) return 0
    const random = seededRandom(person.seed)
    const rounds = person.key === 'meera' ? 2 : ROUNDS
    const labs = Array.from({ length: rounds }, (_, round) => round).flatMap((round) =>
      history.tests.map((test) => labOf(context.newId(), person, test, round, rounds, random())),
    )
    const entries = history.entries.map((entry) => entryOf(context.newId(), entry))
    const now = context.now()
    const kept = await insertLabs(context.db, person.personId, labs, now)
    return kept.length + (await insertEntries(context.db, person.personId, entries, now)).length
  },
}

function labOf(id: string, person: DemoPerson, test: Test, round: number, rounds: number, chance: number): NewLab {
  const [testName, unit, first, last, decimals] = test
  const tested_at = new Date(
    Date.parse(`${person.today}T07:30:00Z`) - ((rounds - 1 - round) * DAYS_BETWEEN + 9) * DAY_MS,
  )
  const level = first + ((last - first) * round) / Math.max(1, rounds - 1)
  const value = Number((level * (1 + (chance - 0.5) * 0.06)).toFixed(decimals))
  const ageYears = ageInYears(person.birthDate, tested_at.toISOString().slice(0, 10))
  const judged = judgeLab({ testName, unit, value }, { ageYears, sex: person.sexAtBirth })
  if ('fault' in judged) throw new Error(`the demo states an impossible ${testName}`)
  return {
    id,
    test_name: testName,
    test_code: null,
    ...judged.lab,
    tested_at,
    resulted_at: null,
    lab_name: 'Sahyadri Diagnostics (demo)',
    ordering_provider: null,
    specimen_type: 'blood',
    status: 'final',
    source: 'demo',
    external_id: null,
    fhir_resource_id: null,
    document_id: null,
    finding_id: null,
    import_item_id: null,
    confirmed_by: null,
    notes: null,
    metadata: null,
  }
}

function entryOf(id: string, [kind, display, started_on, detail = {}]: Entry): NewClinical {
  const isDone = kind === 'immunization' || kind === 'procedure' || kind === 'family_history'
  return {
    id,
    kind,
    display,
    code: null,
    code_system: null,
    status: isDone ? 'completed' : 'active',
    started_on,
    ended_on: null,
    detail,
    notes: null,
    source: 'demo',
    import_item_id: null,
  }
}
