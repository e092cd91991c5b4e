/**
 * The floor: the two wellness endpoints by hand on node:http and the same driver, settings and server as Salus, and nothing else
 * (no accounts, no consent, no audit, no events, no request ids). What Salus costs above this is the price of the platform.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import pg from 'pg'

// A naive timestamp stays its text: a Date would shift with the process's zone and cost a parse.
pg.types.setTypeParser(1114, (text: string) => text.replace(' ', 'T'))

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 10, pipeline: true })

const SCHEMA = `
  create table if not exists users (userid serial primary key);
  create table if not exists wellness_metrics (
    id serial primary key,
    userid integer not null references users (userid) on delete cascade,
    time timestamp not null,
    wellness_score double precision not null check (wellness_score >= 0 and wellness_score <= 10));
  create index if not exists wellness_metrics_user_time on wellness_metrics (userid, time)`

const RECORD = `insert into wellness_metrics (userid, time, wellness_score)
  select userid, coalesce($2::timestamptz at time zone 'utc', date_trunc('second', now() at time zone 'utc')), $3::float8
  from users where userid = $1 returning id, userid, time, wellness_score`

const TREND = `select id, userid, time, wellness_score from wellness_metrics
  where userid = $1 and time >= (now() at time zone 'utc') - make_interval(days => $2) order by time`

interface MetricRow {
  readonly id: number
  readonly userid: number
  readonly time: string
  readonly wellness_score: number
}

interface Answer {
  readonly status: number
  readonly body: unknown
}

const refuse = (status: number, detail: string): Answer => ({ status, body: { detail } })

function isUserId(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 1 && (value as number) <= 2_147_483_647
}

function metricFault(input: Record<string, unknown>): string | undefined {
  const { userid, wellness_score: score, time } = input
  if (!isUserId(userid)) return 'userid must be a positive whole number'
  if (typeof score !== 'number' || !(score >= 0 && score <= 10)) return 'wellness_score must be from 0 to 10'
  if (time !== undefined && (typeof time !== 'string' || Number.isNaN(Date.parse(time)))) return 'time must be ISO 8601'
  return undefined
}

async function recordMetric(body: string): Promise<Answer> {
  let input: unknown
  try {
    input = JSON.parse(body)
  } catch {
    return refuse(422, 'The body is not JSON')
  }
  if (typeof input !== 'object' || input === null) return refuse(422, 'The body is not an object')
  const metric = input as Record<string, unknown>
  const fault = metricFault(metric)
  if (fault !== undefined) return refuse(422, fault)
  const values = [metric.userid, metric.time ?? null, metric.wellness_score]
  const saved = (await pool.query<MetricRow>({ name: 'record', text: RECORD, values })).rows[0]
  return saved === undefined ? refuse(404, 'User not found') : { status: 201, body: saved }
}

function direction(scores: readonly number[]): string {
  if (scores.length < 4) return 'stable'
  const half = Math.floor(scores.length / 2)
  const change = mean(scores.slice(half)) - mean(scores.slice(0, half))
  return change > 0.5 ? 'improving' : change < -0.5 ? 'declining' : 'stable'
}

function mean(numbers: readonly number[]): number {
  return numbers.reduce((sum, one) => sum + one, 0) / numbers.length
}

async function wellnessTrend(userid: number, days: number): Promise<Answer> {
  if (!isUserId(userid)) return refuse(422, 'userid must be a positive whole number')
  if (!(Number.isInteger(days) && days >= 1 && days <= 365)) return refuse(422, 'days must be from 1 to 365')
  const { rows } = await pool.query<MetricRow>({ name: 'trend', text: TREND, values: [userid, days] })
  if (rows.length === 0) return refuse(404, 'No metrics in this period')
  const scores = rows.map((row) => row.wellness_score)
  const average = Math.round(mean(scores) * 100) / 100
  const body = { userid, data_points: rows, trend: direction(scores), average_score: average, period_days: days }
  return { status: 200, body }
}

async function createUser(): Promise<Answer> {
  return { status: 201, body: (await pool.query('insert into users default values returning userid')).rows[0] }
}

const TREND_PATH = /^\/api\/v1\/wellness\/users\/(\d+)\/wellness-trend$/

async function answer(request: IncomingMessage): Promise<Answer> {
  const [path = '', query = ''] = (request.url ?? '').split('?', 2)
  if (request.method === 'POST') {
    const body = await bodyOf(request)
    if (path === '/api/v1/wellness/wellness-metrics') return recordMetric(body)
    if (path === '/api/v1/wellness/users') return createUser()
  }
  const trend = request.method === 'GET' ? TREND_PATH.exec(path) : null
  if (trend !== null) return wellnessTrend(Number(trend[1]), Number(new URLSearchParams(query).get('days') ?? 30))
  if (path === '/health') return { status: 200, body: { status: 'healthy' } }
  return refuse(404, 'Not found')
}

function bodyOf(request: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    let body = ''
    request.setEncoding('utf8')
    request.on('data', (part: string) => {
      body += part
      if (body.length > 65_536) reject(new Error('The body is too large'))
    })
    request.on('end', () => resolve(body))
    request.on('error', reject)
  })
}

function write(response: ServerResponse, { status, body }: Answer): void {
  const text = JSON.stringify(body)
  const headers = { 'content-type': 'application/json; charset=utf-8', 'content-length': Buffer.byteLength(text) }
  response.writeHead(status, headers).end(text)
}

const server = createServer((request, response) => {
  answer(request).then(
    (given) => write(response, given),
    (error: unknown) => {
      console.error(error)
      write(response, refuse(500, 'Internal error'))
    },
  )
})

await pool.query(SCHEMA)
server.listen(Number(process.env.PORT), '127.0.0.1')
process.once('SIGTERM', () => {
  server.close()
  server.closeAllConnections()
  void pool.end()
})
