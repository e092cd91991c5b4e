import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Database } from '../../kernel/database.ts'
import { type Statement, sql } from '../../kernel/sql.ts'
import { METRIC_TYPES } from '../../shared/metrics/metricDefinition.ts'
import { openTestPlatform, type TestPerson, type TestPlatform } from '../../testing.ts'
import { lastDays } from './domain/times.ts'
import { readPaging } from './handlers/paging.ts'
import { spotEvidenceStatement } from './store/goals.ts'
import { chunkOfMeasurements, pageOfMeasurements, sameReadingsStatement } from './store/measurements.ts'
import { daysStatement, latestStatement } from './store/series.ts'
import { newestVitals, pageOfVitals } from './store/vitals.ts'

const ROWS = 60_000

describe('health-tracking: query plans', () => {
  let platform: TestPlatform
  let ana: TestPerson
  let db: Database

  before(async () => {
    platform = await openTestPlatform()
    ana = await platform.person('ana')
    const ben = await platform.person('ben')
    for (const { accountId } of [ana, ben]) {
      await platform.rows(
        `insert into health_tracking.measurement (id, user_id, metric_type, value, unit, canonical_value, canonical_unit, at,
            source, is_unusual, vital_type, created_at, updated_at)
          select gen_random_uuid(), $1, (array['heart_rate', 'steps', 'weight'])[1 + n % 3], n % 100, 'u', n % 100, 'u',
            timestamptz '2026-06-15 12:00Z' - n * interval '5 minutes', 'load', false,
            (array['heart_rate', null, 'body_composition'])[1 + n % 3], now(), now() from generate_series(1, ${ROWS}) n`,
        [accountId],
      )
    }
    await platform.rows('vacuum analyze health_tracking.measurement')
    db = platform.platformOf('health-tracking').systemContext('health-tracking', ana.accountId).db
  })
  after(() => platform.close())

  /** The statement that a query of the store sends. */
  async function statementOf(run: (database: Database) => Promise<unknown>): Promise<Statement> {
    let sent: Statement | undefined
    const catching = {
      many: async (statement: Statement) => {
        sent ??= statement
        return []
      },
      batch: async (statements: readonly Statement[]) => {
        sent ??= statements[0]
        return []
      },
    }
    await run(catching as unknown as Database)
    return sent as Statement
  }

  async function planOf(statement: Statement): Promise<string> {
    const rows = await db.many<{ 'QUERY PLAN': string }>(sql`explain ${statement}`)
    return rows.map((row) => row['QUERY PLAN']).join('\n')
  }

  const paging = readPaging({ limit: 100 })
  assert.ok(paging)
  const deep = readPaging({
    limit: 100,
    cursor: Buffer.from('["2026-01-01T00:00:00.000Z","5a1f0000-0000-7000-8000-000000000001"]').toString('base64url'),
  })
  assert.ok(deep)
  const NOW = new Date('2026-06-15T12:00:00Z')
  const userId = () => ana.accountId

  const CASES: readonly [name: string, statement: () => Promise<Statement> | Statement, index: RegExp][] = [
    [
      'a page of everything',
      () => statementOf((on) => pageOfMeasurements(on, { userId: userId() }, paging)),
      /Index Scan using measurement_newest/,
    ],
    [
      'a page far down',
      () => statementOf((on) => pageOfMeasurements(on, { userId: userId() }, deep)),
      /Index Scan using measurement_newest/,
    ],
    [
      'a page of one metric',
      () => statementOf((on) => pageOfMeasurements(on, { userId: userId(), metricType: 'weight' }, paging)),
      /Index Scan/,
    ],
    [
      'a chunk of the export',
      () => statementOf((on) => chunkOfMeasurements(on, { userId: userId() }, [NOW, userId()], 1000)),
      /Index Scan/,
    ],
    [
      'a page of vital signs',
      () => statementOf((on) => pageOfVitals(on, { userId: userId() }, paging)),
      /Index Scan using measurement_vitals/,
    ],
    [
      'the newest vital signs',
      () => statementOf((on) => newestVitals(on, userId(), ['heart_rate'], NOW)),
      /Index Scan/,
    ],
    [
      'the latest of each metric',
      () => latestStatement(userId(), METRIC_TYPES, new Date(0)),
      /Index Only Scan Backward using measurement_reading/,
    ],
    [
      'the days of all metrics',
      () => daysStatement(userId(), METRIC_TYPES, lastDays(90, NOW, 'Asia/Kolkata')),
      /Index Only Scan using measurement_reading/,
    ],
    [
      'readings that are there',
      () =>
        sameReadingsStatement(userId(), [
          { metric_type: 'weight', at: NOW, source: 'load', canonical_value: 1, series: '' },
        ]),
      /Index Scan/,
    ],
    [
      'what goals are measured by',
      () => spotEvidenceStatement(userId(), [{ id: userId(), metric_type: 'weight', start_date: '2026-06-01' }], 'UTC'),
      /Index/,
    ],
  ]

  for (const [name, statement, index] of CASES) {
    test(`${name} reads ${index.source.replaceAll('\\', '')}, never the whole table`, async () => {
      const plan = await planOf(await statement())
      assert.doesNotMatch(plan, /Seq Scan on measurement/, plan)
      assert.match(plan, index, plan)
    })
  }
})
