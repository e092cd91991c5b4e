import type { InputOf, OutputOf } from '../../../../kernel/contract.ts'
import { findWords } from '../../../../kernel/found.ts'
import type { Context } from '../../../../kernel/service.ts'
import { laboratory } from '../../contract/shapes.ts'
import type { medicalRecords } from '../../contract.ts'
import { analytesNamed } from '../../domain/analytes/named.ts'
import { kindOf, type StoredKind } from '../../domain/clinical/rules.ts'
import { foldedWords } from '../../domain/words/words.ts'
import { type FoundRow, findWritten, type SealedPaper } from '../../store/find.ts'
import { openDetails } from '../documents/sealed.ts'
import { type FoundPaper, openFound } from './papers.ts'
import { numbersFor } from './words.ts'

type Find = (typeof medicalRecords.operations)['findRecords']
type Found = OutputOf<Find>['items'][number]

const DEFAULT_LIMIT = 5
const OWN_KINDS: readonly string[] = ['lab', 'other-lab', 'imaging', 'report']

/** Everything of the record that a name or a note can be found by, and papers by the words in them. */
export async function findRecords(context: Context, input: InputOf<Find>) {
  const words = findWords(input.q)
  if (words.length === 0) return { items: [] }
  const limit = input.limit ?? DEFAULT_LIMIT
  const isWhole = context.caller.grounds?.category !== laboratory.category
  const folded = isWhole ? foldedWords(input.q) : []
  const numbers = await numbersFor(context, folded)
  const wanted = { userId: context.personId, words, analytes: analytesNamed(words), numbers, limit }
  const { found, sealed, likely } = await findWritten(context.db, wanted, isWhole)
  const named = await namedSo(context, sealed, words)
  const papers = await openFound(context, { words: folded, named, likely: likely.map(({ id }) => id), limit })
  return { items: [...papers.map(paperOf), ...eachKind(found.map(foundOf), limit)] }
}

/** The newest papers whose title, names, notes or tags have the words: they are encrypted, so each is opened here. */
async function namedSo(context: Context, sealed: readonly SealedPaper[], words: readonly string[]) {
  const named: string[] = []
  for (const paper of sealed) {
    const { title, file_name, doctor_name, hospital_name, notes } = await openDetails(context, paper)
    const whole = [title, file_name, doctor_name, hospital_name, notes, ...paper.tags]
      .join(' ')
      .normalize('NFC')
      .toLowerCase()
    if (words.every((word) => whole.includes(word))) named.push(paper.id)
  }
  return named
}

function paperOf({ place, ...paper }: FoundPaper): Found {
  return { kind: 'paper', detail: place ?? null, ...paper }
}

function foundOf(row: FoundRow): Found {
  const kind = OWN_KINDS.includes(row.kind) ? row.kind : kindOf(row.kind as StoredKind)
  const detail = row.detail === '' ? null : row.detail
  return { ...row, kind: kind as Found['kind'], detail, page: null, snippet: null }
}

/** As many of each kind as were asked for. */
function eachKind(items: readonly Found[], limit: number): Found[] {
  const counts = new Map<string, number>()
  return items.filter(({ kind }) => {
    counts.set(kind, (counts.get(kind) ?? 0) + 1)
    return (counts.get(kind) ?? 0) <= limit
  })
}
