import type { Context } from '../../../kernel/service.ts'
import { sql } from '../../../kernel/sql.ts'
import { dayText } from '../domain/days.ts'
import { isSleepMetric } from '../domain/intake.ts'
import { columnsOf, mergePoints } from '../domain/merge.ts'
import { sealDay } from '../domain/sealing.ts'
import type { DeviceMetric } from '../domain/vocabulary/types.ts'
import { metricOf } from '../domain/vocabulary.ts'
import { pointOfRow, takeDays, writeChunks } from './chunks.ts'
import { firstRowDay, SEAL_MINIMUM } from './samples.ts'

interface DueDay {
  readonly user_id: string
  readonly series_id: number
  readonly metric: string
  readonly day: number
}

const DAYS_A_RUN = 2000

/** Seals days of everybody that are old and full enough, one transaction a day of a series. */
export async function sealDueDays(context: Context): Promise<void> {
  const { db } = context.system('rows of everybody whose days are over')
  const due = await db.many<DueDay>(
    sql`select s.user_id, s.series_id, max(series.metric) as metric, (s.day - date '1970-01-01') as day
      from device_data.sample s join device_data.series on series.id = s.series_id
      where s.day < ${dayText(firstRowDay(context.now()))}::date
      group by s.user_id, s.series_id, s.day having count(*) >= ${SEAL_MINIMUM}
      order by s.day limit ${DAYS_A_RUN}`,
  )
  for (const day of due) await sealRows(context.forPerson(day.user_id, 'sealing their own rows'), day)
}

async function sealRows(context: Context, { user_id, series_id, metric, day }: DueDay): Promise<void> {
  await context.transact(async (transaction) => {
    await transaction.run(sql`select 1 from device_data.series where id = ${series_id}::bigint for update`)
    const key = { seriesId: series_id, day }
    const { chunks, rows } = await takeDays(transaction, [key])
    if (rows.length === 0) return
    const isSleep = isSleepMetric(metricOf(metric) as DeviceMetric)
    const points = mergePoints([], rows.map(pointOfRow), 'merge').points
    const work = { day, isSleep, mode: 'merge', chunk: chunks[0]?.data, incoming: undefined } as const
    const sealed = sealDay({ ...work, rows: columnsOf(points, day) })
    await writeChunks(transaction, user_id, [{ ...key, ...sealed }], context.now())
  })
}
