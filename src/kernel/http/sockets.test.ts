import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type Frame, identityService, openFrame, tokenOf, until } from '../../testing/frame.ts'
import { openSocket, statusOfUpgrade } from '../../testing/webSockets.ts'
import { defineContract } from '../contract.ts'
import { PlatformError } from '../errors.ts'
import { defineService } from '../service.ts'
import { socket } from '../socketDeclaration.ts'
import { SESSION_COOKIE } from './credentials.ts'
import { drain } from './server.ts'
import { OpenConnection } from './sockets/connection.ts'

const ASHA = '0197c000-0000-7000-8000-000000000001'
const RAVI = '0197c000-0000-7000-8000-000000000002'
const GRANT = '0197c000-0000-7000-8000-0000000000aa'

const echo = defineContract({
  name: 'echo',
  summary: 'Says everything again.',
  operations: {},
  sockets: {
    talk: socket({
      kind: 'query',
      route: 'GET /echo/:room/talk',
      summary: 'An echo',
      access: { kind: 'person', category: 'documents' },
      maxMessageBytes: 1000,
    }),
  },
})

const echoService = () =>
  defineService({
    contract: echo,
    needs: [],
    handlers: {},
    sockets: {
      async talk(connection) {
        await connection.send(`${connection.params.room} ${connection.context().personId} ${connection.query.tone}`)
        for await (const message of connection.messages) {
          if (message === 'leave') return
          if (message === 'refuse') throw new PlatformError('conflict', 'Not this')
          if (message === 'fail') throw new Error('a secret of the inside')
          if (message === 'still?') await connection.send(String(await connection.stillAllowed()))
          else await connection.send(message)
        }
      },
    },
  })

const as = (accountId: string) => ({ authorization: `Bearer ${tokenOf({ accountId })}` })

/** A frame that serves the socket, and a door before it that passes it on. */
async function opened(): Promise<{ frame: Frame; door: Frame; origins: Readonly<Record<string, string>> }> {
  const frame = await openFrame({ services: [identityService(), echoService()] })
  const here = await frame.listen()
  const { database, clock } = frame
  const peers = new Map([['echo', here]])
  const door = await openFrame({ services: [identityService()], otherContracts: [echo], peers, database, clock })
  return { frame, door, origins: { here, 'passed on': await door.listen() } }
}

const TALK = '/echo/blue/talk'

for (const shape of ['here', 'passed on']) {
  describe(`a WebSocket that is served ${shape}`, () => {
    let frame: Frame
    let door: Frame
    let origin: string
    before(async () => {
      const all = await opened()
      frame = all.frame
      door = all.door
      origin = all.origins[shape] as string
    })
    after(async () => {
      await door.close()
      await frame.close()
    })

    test('opens for whoever shows a credential, at every form of its address, and says what comes in order', async () => {
      for (const path of [TALK, `/api/v1${TALK}`, `/echo/api/v1${TALK}/`]) {
        const client = await openSocket(origin, `${path}?tone=low`, as(ASHA))
        assert.equal(await client.next(), `blue ${ASHA} low`)
        const words = Array.from({ length: 60 }, (_one, index) => `${index} ${'é'.repeat(400)}`)
        for (const word of words) client.send(word)
        for (const word of words) assert.equal(await client.next(), word)
        client.send('leave')
        assert.deepEqual(await client.ended, { code: 1000, reason: '' })
      }
      await until('all are gone', () => frame.face.hall.size === 0 && door.face.hall.size === 0)
    })

    test('is refused without a credential, with a wrong one, for another record, and where nothing is', async () => {
      assert.equal(await statusOfUpgrade(origin, TALK), 401)
      assert.equal(await statusOfUpgrade(origin, TALK, { authorization: 'Bearer nonsense' }), 401)
      assert.equal(await statusOfUpgrade(origin, `${TALK}?profile_id=${RAVI}`, as(ASHA)), 404)
      assert.equal(await statusOfUpgrade(origin, `${TALK}?profile_id=nobody`, as(ASHA)), 422)
      assert.equal(await statusOfUpgrade(origin, '/echo/blue/nothing', as(ASHA)), 404)
      assert.equal(await statusOfUpgrade(origin, '/health', as(ASHA)), 200)
      const { face } = shape === 'here' ? frame : door
      const plain = await face.app.inject({ method: 'GET', url: TALK, headers: as(ASHA) })
      assert.deepEqual([plain.statusCode, plain.headers.upgrade], [426, 'websocket'])
    })

    test('a session cookie opens it from our own pages only', async () => {
      const cookie = `${SESSION_COOKIE}=${tokenOf({ accountId: ASHA })}`
      const { host } = new URL(origin)
      assert.equal(await statusOfUpgrade(origin, TALK, { cookie, origin: `http://${host}` }), 101)
      assert.equal(await statusOfUpgrade(origin, TALK, { cookie, origin: 'https://elsewhere.test' }), 403)
      assert.equal(await statusOfUpgrade(origin, TALK, { cookie }), 403)
    })

    test('a ticket opens it once, soon, for whom and where it was given', async () => {
      const at = shape === 'here' ? frame : door
      const ticketFor = async (query = '') => {
        const answer = await at.request('POST', `${TALK}/ticket${query}`, { as: { accountId: ASHA } })
        assert.equal(answer.status, 201, answer.text)
        assert.equal(answer.body.expires_in, 30)
        return answer.body.ticket as string
      }
      const ticket = await ticketFor()
      const client = await openSocket(origin, `${TALK}?ticket=${ticket}`)
      assert.equal(await client.next(), `blue ${ASHA} undefined`)
      client.send('still?')
      assert.equal(await client.next(), 'true')
      client.raw.close()
      assert.equal(await statusOfUpgrade(origin, `${TALK}?ticket=${ticket}`), 401)
      const late = await ticketFor()
      frame.clock.advance({ seconds: 31 })
      assert.equal(await statusOfUpgrade(origin, `${TALK}?ticket=${late}`), 401)
      assert.equal((await at.request('POST', `${TALK}/ticket`)).status, 401)
      const foreign = await at.request('POST', `${TALK}/ticket?profile_id=${RAVI}`, { as: { accountId: ASHA } })
      assert.equal(foreign.status, 404)
    })

    test('a message that is too large closes it; what the service refuses is said, what breaks inside is not', async () => {
      const ends: [string | Buffer, number, string][] = [
        ['x'.repeat(1001), 1009, ''],
        [Buffer.alloc(5000), 1009, ''],
        ['refuse', 1008, 'Not this'],
      ]
      for (const [message, code, reason] of ends) {
        const client = await openSocket(origin, TALK, as(ASHA))
        client.send(message)
        assert.deepEqual(await client.ended, { code, reason })
      }
      const client = await openSocket(origin, TALK, as(ASHA))
      client.send('fail')
      const { code, reason } = await client.ended
      assert.equal(code, 1011)
      assert.doesNotMatch(reason, /secret/)
    })

    test('a right that ends closes it at the next round, and nothing is sent from the moment that it is asked', async () => {
      const until2100 = new Date('2100-01-01')
      await frame.rows('select kernel.write_access_right($1, $2, $3, $4, $5, $6, $7)', [
        ...[RAVI, ASHA, 'documents', 'read', until2100, 'grant', GRANT],
      ])
      const open = () => openSocket(origin, `${TALK}?profile_id=${ASHA}`, as(RAVI))
      const [first, second] = [await open(), await open()]
      assert.equal(await first.next(), `blue ${ASHA} undefined`)
      await frame.rows('select kernel.end_access_right($1)', [GRANT])
      first.send('still?')
      assert.equal((await first.ended).code, 1008)
      await frame.face.hall.round()
      assert.equal((await second.ended).code, 1008)
    })

    test('one account has so many at once and no more; a place that is given back is free', async () => {
      const clients = []
      for (let count = 0; count < 20; count += 1) clients.push(await openSocket(origin, TALK, as(ASHA)))
      assert.equal(await statusOfUpgrade(origin, TALK, as(ASHA)), 429)
      assert.equal(await statusOfUpgrade(origin, TALK, as(RAVI)), 101)
      for (const client of clients) client.raw.terminate()
      await until('the places are free', async () => (await statusOfUpgrade(origin, TALK, as(ASHA))) === 101)
    })

    test('a client that answers no more is let go of', async () => {
      const client = await openSocket(origin, TALK, as(ASHA))
      await client.next()
      client.raw.pause()
      await frame.face.hall.round()
      await frame.face.hall.round()
      client.raw.resume()
      assert.equal((await client.ended).code, 1006)
    })

    test('a stop says goodbye to all and takes nobody new', async () => {
      const client = await openSocket(origin, TALK, as(ASHA))
      await client.next()
      const stopped = drain(shape === 'here' ? frame.face : door.face, 4000)
      assert.deepEqual(await client.ended, { code: 1001, reason: 'The server stops' })
      assert.equal(await stopped, true)
    })
  })
}

describe('a connection', () => {
  test('ends for a client that does not read what it is sent', async () => {
    const said: unknown[] = []
    const ws = {
      readyState: 1,
      OPEN: 1,
      bufferedAmount: 2_000_000,
      isPaused: false,
      once: () => undefined,
      on: () => undefined,
      close: (code: number) => said.push(code),
      send: () => said.push('sent'),
    }
    const options = { params: {}, query: {}, context: () => assert.fail(), verify: async () => undefined }
    await new OpenConnection(ws as never, options).send('more')
    assert.deepEqual(said, [1013])
  })
})
