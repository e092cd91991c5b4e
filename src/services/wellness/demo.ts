import type { DemoData } from '../../kernel/service.ts'
import { seededRandom } from '../../shared/random.ts'
import { insertMember, insertScores } from './store.ts'

const DAYS = 120

/** One score most evenings for four months: a slow rise with weekly ups and downs and days forgotten. */
export const demo: DemoData = {
  async seed(context, person) {
    const random = seededRandom(person.seed)
    const start = Date.parse(`${person.today}T19:00:00Z`) - (DAYS - 1) * 86_400_000
    const scores: { score: number; at: Date }[] = []
    for (let day = 0; day < DAYS; day += 1) {
      const level = 5.5 + (1.6 * day) / DAYS + 0.5 * Math.sin((2 * Math.PI * day) / 7) + (random() - 0.5) * 2
      if (random() < 0.85) {
        scores.push({
          score: Math.round(Math.min(10, Math.max(0, level)) * 2) / 2,
          at: new Date(start + day * 86_400_000),
        })
      }
    }
    const { userid } = await insertMember(context.db, person.personId, context.now())
    return insertScores(context.db, { userid, userId: person.personId }, scores, context.now())
  },
}
