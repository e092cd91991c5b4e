import { askOrKept, refresh } from '../../../web/client/cache.ts'
import { call } from '../../../web/client/endpoint.ts'
import { say } from '../../../web/parts/Toast.tsx'
import { recordTexts } from '../../../web/texts/record.ts'
import { createUser, deleteScore, listUsers, recordScore } from './endpoints.ts'

/** Records how the person feels; their first score starts their wellness record. Offers to take it back. */
export async function recordFeeling(score: number, time?: string, key?: string): Promise<void> {
  // Said now: it may wait on this device until the server answers.
  const at = time ?? new Date().toISOString()
  const [first] = await askOrKept(listUsers, { limit: 1 })
  const { userid } = first ?? (await call(createUser, {}))
  const input = { userid, wellness_score: score, time: at }
  const made = await call(recordScore, input, key === undefined ? {} : { key })
  refresh()
  say(recordTexts().wellness.saved(score), async () => {
    await call(deleteScore, { id: made.id })
    refresh()
  })
}
