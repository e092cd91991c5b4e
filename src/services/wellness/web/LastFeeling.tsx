import { useQuery } from '../../../web/client/cache.ts'
import { ago, number } from '../../../web/format.ts'
import { Link } from '../../../web/router.tsx'
import { recordTexts } from '../../../web/texts/record.ts'
import { listScores, listUsers } from './endpoints.ts'

/** The last score and how old it is; nothing before the first. */
export function LastFeeling() {
  const users = useQuery(listUsers, { limit: 1 })
  const userid = users.value?.[0]?.userid
  const scores = useQuery(listScores, userid === undefined ? undefined : { userid, limit: 1 })
  const last = scores.value?.metrics[0]
  if (last === undefined) return null
  return (
    <Link to="/app/wellness" class="link">
      {recordTexts().wellness.last(number(last.wellness_score), ago(last.time))}
    </Link>
  )
}
