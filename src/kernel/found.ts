import { type Statement, sql } from './sql.ts'

/** More words than anybody types to find one thing. */
const MOST_WORDS = 6

/** The words of a question, in small letters; none where it holds nothing but spaces. */
export function findWords(question: string): string[] {
  return question.normalize('NFC').toLowerCase().split(/\s+/u).filter(Boolean).slice(0, MOST_WORDS)
}

/** Whether a text has all the words in it. For sets that an index has made small: it looks at every row. */
export function hasWords(searched: Statement, words: readonly string[]): Statement {
  return sql`not exists (select from unnest(${words}::text[]) as wanted (word)
    where position(wanted.word in lower(normalize(${searched}))) = 0)`
}
