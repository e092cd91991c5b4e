import type { Database } from '../../../kernel/database.ts'
import { hasWords } from '../../../kernel/found.ts'
import type { OpenRecord } from '../../../kernel/openRecords.ts'
import { type Statement, sql } from '../../../kernel/sql.ts'
import { likelyDocuments } from './words.ts'

export interface FoundRow {
  readonly kind: string
  readonly id: string
  readonly title: string
  readonly detail: string | null
  readonly at: string | null
}

export interface SealedPaper {
  readonly id: string
  readonly details: Buffer
  readonly tags: readonly string[]
}

interface Wanted {
  readonly userId: string
  readonly words: readonly string[]
  /** Analytes whose name has the words, whatever the laboratory called them. */
  readonly analytes: readonly string[]
  /** Of the fingerprints of words inside papers; none where no word is looked for there. */
  readonly numbers: readonly number[]
  readonly limit: number
}

/** How many of each a search looks at, newest first: what the index hands over, so that a long record costs no more. */
const SEARCHED = 2000
const SEARCHED_REPORTS = 300
/** Of a report, as much as is read in a second look; the longest are a hundred thousand characters. */
const SEARCHED_CHARACTERS = 20_000
/** Titles of papers are encrypted: these many are opened and looked at. */
const SEARCHED_PAPERS = 200

/** Each test once, at its newest. */
const labs = ({ userId, words, analytes, limit }: Wanted): Statement =>
  sql`select case when analyte is null then 'other-lab' else 'lab' end as kind, coalesce(analyte, id::text) as id, title, detail,
        at::text as at from (
      select distinct on (coalesce(analyte, lower(test_name))) id, analyte, test_name as title, lab_name as detail,
          to_char(tested_at at time zone 'UTC', 'YYYY-MM-DD') as at from (
        select id, analyte, test_name, lab_name, tested_at, notes from medical_records.lab_result where user_id = ${userId}
          order by tested_at desc, id desc limit ${SEARCHED}) l
      where analyte = any(${analytes}::text[]) or ${hasWords(sql`test_name || ' ' || coalesce(notes, '')`, words)}
      order by coalesce(analyte, lower(test_name)), tested_at desc) found
    order by at desc limit ${limit}`

const entries = ({ userId, words, limit }: Wanted): Statement =>
  sql`select kind, id, display as title, status as detail, started_on as at from (
      select kind, id, display, status, started_on, notes, code, created_at from medical_records.clinical_entry
        where user_id = ${userId} order by created_at desc, id desc limit ${SEARCHED}) e
    where ${hasWords(sql`display || ' ' || coalesce(notes, '') || ' ' || coalesce(code, '')`, words)}
    order by created_at desc limit ${limit * 3}`

const studies = ({ userId, words, limit }: Wanted): Statement =>
  sql`select 'imaging' as kind, id, coalesce(description, modality) as title,
        concat_ws(', ', modality, body_part, facility) as detail, to_char(studied_at at time zone 'UTC', 'YYYY-MM-DD') as at from (
      select * from medical_records.imaging_study where user_id = ${userId} order by studied_at desc, id desc
        limit ${SEARCHED}) s
    where ${hasWords(sql`concat_ws(' ', modality, body_part, description, findings, impression, facility, notes)`, words)}
    order by studied_at desc limit ${limit}`

const reports = ({ userId, words, limit }: Wanted): Statement =>
  sql`select 'report' as kind, id, title, concat_ws(', ', author, facility) as detail,
        to_char(reported_at at time zone 'UTC', 'YYYY-MM-DD') as at from (
      select * from medical_records.clinical_report where user_id = ${userId} order by reported_at desc, id desc
        limit ${SEARCHED_REPORTS}) r
    where ${hasWords(
      sql`concat_ws(' ', title, summary, author, facility, array_to_string(tags, ' '),
        left(content, ${SEARCHED_CHARACTERS}))`,
      words,
    )} order by reported_at desc limit ${limit}`

const papers = (userId: string): Statement =>
  sql`select id, details, tags from medical_records.document where user_id = ${userId} and not is_draft
    order by created_at desc, id desc limit ${SEARCHED_PAPERS}`

/**
 * What has the words, the newest papers still sealed, and those that may have the words inside: one round trip. Of a record
 * that isn't open as a whole, results.
 */
export async function findWritten(db: Database, wanted: Wanted, isWhole: boolean) {
  if (!isWhole) return { found: await db.many<FoundRow>(labs(wanted)), sealed: [], likely: [] }
  const [results = [], stated = [], pictures = [], written = [], sealed = [], likely = []] = await db.batch([
    labs(wanted),
    entries(wanted),
    studies(wanted),
    reports(wanted),
    papers(wanted.userId),
    ...(wanted.numbers.length === 0 ? [] : [likelyDocuments(wanted.userId, wanted.numbers)]),
  ])
  return {
    found: [...results, ...stated, ...pictures, ...written] as FoundRow[],
    sealed: sealed as SealedPaper[],
    likely: likely as { id: string }[],
  }
}

/** The people of a set of records. */
export function peopleOf(systemDb: Database, records: Statement): Promise<OpenRecord[]> {
  return systemDb.many<OpenRecord>(sql`select person_id, source, source_id from ${records} o`)
}
