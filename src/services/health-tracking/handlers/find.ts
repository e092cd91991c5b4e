import type { InputOf } from '../../../kernel/contract.ts'
import { findWords } from '../../../kernel/found.ts'
import type { Context } from '../../../kernel/service.ts'
import type { healthTracking } from '../contract.ts'
import { alertsWith, type FoundRow, goalsWith, symptomsWith } from '../store/find.ts'

const SEARCHES = [
  ['symptoms', symptomsWith],
  ['goals', goalsWith],
  ['vitals', alertsWith],
] as const

/** Each part is searched with the right to that part: what is not open to the account has no rows for it. */
export async function findTracked(context: Context, input: InputOf<typeof healthTracking.operations.findTracked>) {
  const words = findWords(input.q)
  if (words.length === 0) return { items: [] }
  const { accountId, personId } = context
  const wanted = { userId: personId, words, limit: input.limit ?? 5 }
  const found = await Promise.all(
    SEARCHES.map(([category, search]) =>
      context.asHolder(accountId, personId, category).db.many<FoundRow>(search(wanted)),
    ),
  )
  return { items: found.flat().map((row) => ({ ...row, at: row.at.toISOString() })) }
}
