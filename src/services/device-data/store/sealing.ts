import type { Context } from '../../../kernel/service.ts'
import { sql } from '../../../kernel/sql.ts'
import { dayText } from '../domain/days.ts'
import { isSleepMetric } from '../domain/intake.ts'
import { mergePoints, type Point } from '../domain/merge.ts'
import type { DeviceMetric } from '../domain/vocabulary/types.ts'
import { metricOf } from '../domain/vocabulary.ts'
import { openChunk, pointOfRow, readChunks, takeRows, writeChunks } from './chunks.ts'
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
  for (const day of due) await sealDay(context.forPerson(day.user_id, 'sealing their own rows'), day)
}

async function sealDay(context: Context, { user_id, series_id, metric, day }: DueDay): Promise<void> {
  await context.transact(async (transaction) => {
    await transaction.run(sql`select 1 from device_data.series where id = ${series_id}::bigint for update`)
    const key = { seriesId: series_id, day }
    const chunk = (await readChunks(transaction, [key]))[0]
    const sealed: Point[] = chunk === undefined ? [] : openChunk(chunk)
    const rows = (await takeRows(transaction, [key])).map(pointOfRow)
    const { points } = mergePoints(sealed, rows, 'merge')
    const isSleep = isSleepMetric(metricOf(metric) as DeviceMetric)
    await writeChunks(transaction, user_id, [{ ...key, points, isSleep }], context.now())
  })
}
