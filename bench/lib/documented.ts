import { call, mustCall } from './web.ts'

const credentials = { email: 'start@example.com', password: 'TestPass123!' }
const person = { ...credentials, full_name: 'Test User' }

/**
 * A short way through the documented calls: register, login, profile, metrics, wellness. Returns what was not answered as
 * documented, so that the memory of a server that refuses its work is not taken for a success.
 */
export async function documentedCalls(port: number): Promise<string[]> {
  const path = '/api/v1'
  await mustCall(port, 201, { method: 'POST', path: `${path}/auth/register`, json: person })
  const login = await mustCall(port, 200, { method: 'POST', path: `${path}/auth/login`, json: credentials })
  const headers = { authorization: `Bearer ${String(login.access_token)}` }
  const user = await mustCall(port, 201, { method: 'POST', path: `${path}/wellness/users`, headers })
  const weight = { metric_type: 'weight', value: 75.5, unit: 'kg' }
  const score = { userid: user.userid, wellness_score: 8.5 }
  const calls = [
    { status: 200, method: 'GET', path: `${path}/profile`, headers },
    { status: 201, method: 'POST', path: `${path}/metrics`, headers, json: weight },
    { status: 200, method: 'GET', path: `${path}/metrics`, headers },
    { status: 201, method: 'POST', path: `${path}/wellness/wellness-metrics`, headers, json: score },
    { status: 200, method: 'GET', path: `${path}/wellness/users/${user.userid}/wellness-metrics`, headers },
    { status: 200, method: 'GET', path: `${path}/wellness/users/${user.userid}/wellness-trend?days=30`, headers },
    { status: 200, method: 'GET', path: '/health' },
    { status: 200, method: 'GET', path: '/openapi.json' },
  ] as const
  const faults: string[] = []
  for (const { status, ...one } of calls) {
    const answer = await call(port, one)
    if (answer.status !== status) faults.push(`${one.method} ${one.path}: ${answer.status} instead of ${status}`)
  }
  return faults
}
