import { createHmac, createSecretKey } from 'node:crypto'
import { setImmediate } from 'node:timers/promises'
import { PlatformError } from '../../../../kernel/errors.ts'
import type { Context } from '../../../../kernel/service.ts'
import {
  entriesOf,
  entryFor,
  type Fingerprint,
  fingerprintOf,
  MOST_WORDS,
  numbersOf,
  signatureOf,
} from '../../domain/words/signature.ts'
import { piecesOf, wordsIn } from '../../domain/words/words.ts'
import * as store from '../../store/words.ts'
import { openDecided, openDetails, openPages } from '../documents/sealed.ts'

type Encrypting = Pick<Context, 'personId' | 'ports'>

/** Between two of these, others have their turn; some 5 ms each. */
const PIECE_CHARACTERS = 20_000
const PIECE_ENTRIES = 500
/** As much of one document is looked through; longer ones have their first thousand pages found. */
const MOST_CHARACTERS = 2_000_000
const FIRST_ID = '00000000-0000-0000-0000-000000000000'
const BATCH = 50
/** Documents a run of the job; some seconds. */
const MOST_A_RUN = 300

/** What a document says, opened: of itself, in what the person took of it, and page by page. */
export interface Said {
  readonly title: string
  readonly place: string | undefined
  readonly about: readonly string[]
  readonly taken: readonly string[]
  readonly pages: readonly string[]
}

/** Opens everything that a document can be found by. */
export async function saidIn(context: Encrypting, row: store.WordedDocument): Promise<Said> {
  const { title, file_name, doctor_name, hospital_name, patient_name, notes } = await openDetails(context, row)
  const about = [title, file_name, doctor_name, hospital_name, patient_name, notes, ...row.tags]
  const taken = await Promise.all(
    row.decided.map((decided, at) => openDecided<object>(context, { id: row.value_ids[at] as string, decided })),
  )
  return {
    title,
    place: hospital_name ?? doctor_name,
    about: about.filter((text) => text !== undefined),
    taken: taken.flatMap((content) => Object.values(content ?? {}).filter((one) => typeof one === 'string')),
    pages: await openPages(context, row.id, row.content),
  }
}

/** The pieces of texts, with a pause before each for whoever waits; at most so many characters in all. */
export async function* inPieces(texts: readonly string[]): AsyncGenerator<{ text: string; of: number }, void> {
  let left = MOST_CHARACTERS
  let since = PIECE_CHARACTERS
  for (const [of, whole] of texts.entries()) {
    for (const text of piecesOf(whole.slice(0, left), PIECE_CHARACTERS)) {
      since += text.length
      if (since > PIECE_CHARACTERS) {
        since = text.length
        await setImmediate()
      }
      yield { text, of }
    }
    left -= whole.length
    if (left <= 0) return
  }
}

/** Makes fingerprints under a key that is the person's own and for words alone. */
async function fingerprinter(context: Encrypting): Promise<(entry: string) => Fingerprint> {
  const digest = (await context.ports.encryption.fingerprint(context.personId, 'medical-records words')).digest()
  const key = createSecretKey(digest)
  return (entry) => fingerprintOf(createHmac('sha256', key).update(entry).digest())
}

/** The numbers that a document with all these words has among its bits. */
export async function numbersFor(context: Encrypting, words: readonly string[]): Promise<number[]> {
  const fingerprint = await fingerprinter(context)
  return words.flatMap((word) => numbersOf(fingerprint(entryFor(word))))
}

async function signatureFor(context: Encrypting, { about, taken, pages }: Said): Promise<Uint8Array> {
  const words = new Set<string>()
  for await (const { text } of inPieces([...about, ...taken, ...pages])) {
    for (const { folded } of wordsIn(text)) {
      if (words.size >= MOST_WORDS) break
      words.add(folded)
    }
    if (words.size >= MOST_WORDS) break
  }
  const entries = [...new Set([...words].flatMap(entriesOf))]
  const fingerprint = await fingerprinter(context)
  const fingerprints: Fingerprint[] = []
  for (const [at, entry] of entries.entries()) {
    if (at % PIECE_ENTRIES === 0) await setImmediate()
    fingerprints.push(fingerprint(entry))
  }
  return signatureOf(fingerprints)
}

/** Makes the words of a document anew; nothing where it is gone, or says something else by the time they are made. */
export async function makeWords(context: Context, id: string): Promise<void> {
  const [row] = await store.wordedDocuments(context.db, [id])
  if (row === undefined) return
  await store.keepWords(context.db, row, await signatureFor(context, await saidIn(context, row)))
}

/**
 * Makes the words of documents that have none yet, or others by now, of all people; a few hundred a run, the next run goes
 * on. One that cannot be opened any more cannot be found by words either, and is not tried again.
 */
export async function makeDueWords(context: Context): Promise<void> {
  const { db } = context.system('documents of all people whose words are yet to be made')
  let after = FIRST_ID
  for (let count = 0; count < MOST_A_RUN; count += BATCH) {
    const rows = await store.wordsDue(db, after, BATCH)
    for (const row of rows) {
      const own = context.forPerson(row.user_id, 'the words of their documents')
      try {
        await makeWords(own, row.id)
      } catch (error) {
        if (!(error instanceof PlatformError) || !['gone', 'internal'].includes(error.code)) throw error
        await store.keepWords(own.db, row, null)
      }
    }
    after = rows.at(-1)?.id ?? after
    if (rows.length < BATCH) return
  }
}
