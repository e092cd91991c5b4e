import { endpoint } from '../../../web/client/endpoint.ts'
import type { wellness } from '../contract.ts'

type Wellness = typeof wellness.operations

export const listUsers = endpoint<Wellness['listUsers']>('GET /wellness/users', { isKept: true })
export const createUser = endpoint<Wellness['createUser']>('POST /wellness/users')
export const recordScore = endpoint<Wellness['recordScore']>('POST /wellness/wellness-metrics', { mayWait: true })
export const deleteScore = endpoint<Wellness['deleteScore']>('DELETE /wellness/wellness-metrics/:id')
export const listScores = endpoint<Wellness['listScores']>('GET /wellness/users/:userid/wellness-metrics', {
  isKept: true,
})
export const getTrend = endpoint<Wellness['getTrend']>('GET /wellness/users/:userid/wellness-trend', { isKept: true })
