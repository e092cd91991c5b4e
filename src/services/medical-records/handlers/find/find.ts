import type { InputOf, OutputOf } from '../../../../kernel/contract.ts'
import { findWords } from '../../../../kernel/found.ts'
import type { Context } from '../../../../kernel/service.ts'
import { laboratory } from '../../contract/shapes.ts'
import type { medicalRecords } from '../../contract.ts'
import { analytesNamed } from '../../domain/analytes/named.ts'
import { kindOf, type StoredKind } from '../../domain/clinical/rules.ts'
import { type FoundRow, findWritten, type SealedPaper } from '../../store/find.ts'
import { openDetails } from '../documents/sealed.ts'

type Find = (typeof medicalRecords.operations)['findRecords']
type Found = OutputOf<Find>['items'][number]

const DEFAULT_LIMIT = 5
const OWN_KINDS: readonly string[] = ['lab', 'other-lab', 'imaging', 'report']

/** Everything of the record that a name or a note can be found by. */
export async function findRecords(context: Context, input: InputOf<Find>) {
  const words = findWords(input.q)
  if (words.length === 0) return { items: [] }
  const limit = input.limit ?? DEFAULT_LIMIT
  const wanted = { userId: context.personId, words, analytes: analytesNamed(words), limit }
  const isWhole = context.caller.grounds?.category !== laboratory.category
  const { found, sealed } = await findWritten(context.db, wanted, isWhole)
  const papers = await papersWith(context, sealed, words)
  return { items: [...papers.slice(0, limit), ...eachKind(found.map(foundOf), limit)] }
}

/** The papers whose title, names, notes or tags have the words: they are encrypted, so each is opened here. */
async function papersWith(context: Context, sealed: readonly SealedPaper[], words: readonly string[]) {
  const found: Found[] = []
  for (const paper of sealed) {
    const { title, file_name, doctor_name, hospital_name, notes } = await openDetails(context, paper)
    const whole = [title, file_name, doctor_name, hospital_name, notes, ...paper.tags]
      .join(' ')
      .normalize('NFC')
      .toLowerCase()
    if (!words.every((word) => whole.includes(word))) continue
    found.push({ kind: 'paper', id: paper.id, title, detail: hospital_name ?? doctor_name ?? null, at: paper.at })
  }
  return found
}

function foundOf(row: FoundRow): Found {
  const kind = OWN_KINDS.includes(row.kind) ? row.kind : kindOf(row.kind as StoredKind)
  return { ...row, kind: kind as Found['kind'], detail: row.detail === '' ? null : row.detail }
}

/** As many of each kind as were asked for. */
function eachKind(items: readonly Found[], limit: number): Found[] {
  const counts = new Map<string, number>()
  return items.filter(({ kind }) => {
    counts.set(kind, (counts.get(kind) ?? 0) + 1)
    return (counts.get(kind) ?? 0) <= limit
  })
}
