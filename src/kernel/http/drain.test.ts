import assert from 'node:assert/strict'
import { Agent, type IncomingMessage, request } from 'node:http'
import { describe, test } from 'node:test'
import { type Frame, openFrame, until } from '../../testing/frame.ts'
import { defineContract, query } from '../contract.ts'
import { object, Type } from '../fields.ts'
import { defineService } from '../service.ts'
import { drain } from './server.ts'

/** Longer than any of these tests may take: whoever waits for it has failed. */
const FAR_AWAY_MS = 60_000

const waiting = defineContract({
  name: 'waiting',
  summary: 'Answers when it is let.',
  operations: {
    wait: query({
      summary: 'Waits',
      route: 'GET /wait',
      access: { kind: 'public' },
      input: object({}),
      output: object({ done: Type.Boolean() }),
    }),
  },
})

describe('a platform that stops', () => {
  async function opened(): Promise<{ frame: Frame; origin: string; begun: () => number; letGo: () => void }> {
    let letGo: () => void = () => undefined
    let begun = 0
    const held = new Promise<void>((resolve) => {
      letGo = resolve
    })
    const service = defineService({
      contract: waiting,
      needs: [],
      handlers: {
        wait: async () => {
          begun += 1
          await held
          return { done: true }
        },
      },
    })
    const frame = await openFrame({ services: [service] })
    return { frame, origin: await frame.listen(), begun: () => begun, letGo }
  }

  function ask(url: string, agent?: Agent): Promise<{ status: number; connection: string | undefined; body: string }> {
    return new Promise((resolve, reject) => {
      const sent = request(url, agent === undefined ? {} : { agent }, (answer: IncomingMessage) => {
        let body = ''
        answer.on('data', (chunk) => {
          body += chunk
        })
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, connection: answer.headers.connection, body }))
        answer.on('error', reject)
      })
      sent.on('error', reject)
      sent.end()
    })
  }

  async function close(frame: Frame): Promise<void> {
    await frame.platform.close()
    await frame.database.drop()
  }

  test('lets the running request end, closes its connection, and takes no new one', async () => {
    const { frame, origin, begun, letGo } = await opened()
    const running = ask(`${origin}/waiting/wait`)
    await until('the request runs', () => begun() === 1)
    const stopped = drain(frame.face, FAR_AWAY_MS)
    await until('nobody new is let in', () =>
      ask(`${origin}/health`).then(
        () => false,
        () => true,
      ),
    )
    letGo()
    const answer = await running
    assert.deepEqual([answer.status, answer.body, answer.connection], [200, '{"done":true}', 'close'])
    assert.equal(await stopped, true)
    await close(frame)
  })

  test('does not wait for a keep-alive connection that was busy when the stop came', async () => {
    const { frame, origin, begun, letGo } = await opened()
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    await ask(`${origin}/health`, agent)
    const running = ask(`${origin}/waiting/wait`, agent)
    await until('the request runs', () => begun() === 1)
    const stopped = drain(frame.face, FAR_AWAY_MS)
    letGo()
    assert.equal((await running).status, 200)
    assert.equal(await stopped, true, 'nothing had to be cut')
    agent.destroy()
    await close(frame)
  })

  test('does not wait for idle keep-alive connections', async () => {
    const { frame, origin } = await opened()
    const agent = new Agent({ keepAlive: true })
    await Promise.all([1, 2, 3].map(() => ask(`${origin}/health`, agent)))
    assert.equal(await drain(frame.face, FAR_AWAY_MS), true)
    agent.destroy()
    await close(frame)
  })

  test('says that it is not ready, stays healthy, and closes each connection it answers on', async () => {
    const { frame } = await opened()
    frame.face.isClosing = true
    const ready = await frame.request('GET', '/ready')
    assert.deepEqual([ready.status, ready.headers.connection], [503, 'close'])
    assert.equal((await frame.request('GET', '/health')).status, 200)
    await frame.close()
  })

  test('cuts what does not end by the deadline, and says so', async () => {
    const { frame, origin, begun, letGo } = await opened()
    const running = ask(`${origin}/waiting/wait`)
    await until('the request runs', () => begun() === 1)
    const stopped = drain(frame.face, 30)
    await assert.rejects(running, { code: 'ECONNRESET' })
    assert.equal(await stopped, false)
    letGo()
    await close(frame)
  })
})
