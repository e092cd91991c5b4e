import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type FrameOptions, identityService, openFrame } from '../testing/frame.ts'
import { notes, notesMigrations, notesService } from '../testing/notes.ts'
import { command, defineContract, event, eventTypeName, query, stream } from './contract.ts'
import { object, Type, text } from './fields.ts'
import { pathsOf } from './http/paths.ts'
import { defineService } from './service.ts'

const anyone = { kind: 'public' } as const

function contractWith(route: string, input = object({})) {
  return defineContract({
    name: 'made-up',
    summary: 'x',
    operations: { one: query({ summary: 'x', access: anyone, route, input, output: Type.Null() }) },
  })
}

test('a malformed route is refused, naming the operation', () => {
  for (const route of [
    '/x',
    'get /x',
    'FETCH /x',
    'GET x',
    'GET /x y',
    'GET  /x',
    'GET /x?y=1',
    'GET /é',
    'GET /x#y',
  ]) {
    assert.throws(() => contractWith(route), /made-up\.one: malformed route/, route)
  }
})

test('a malformed alias and a malformed stream route are refused', () => {
  const base = { summary: 'x', access: anyone, input: object({}), output: Type.Null() } as const
  assert.throws(
    () =>
      defineContract({ name: 'made-up', summary: 'x', operations: { one: query({ ...base, aliases: ['GET odd'] }) } }),
    /malformed route "GET odd"/,
  )
  assert.throws(
    () =>
      defineContract({
        name: 'made-up',
        summary: 'x',
        operations: {},
        streams: { down: stream({ summary: 'x', kind: 'query', route: 'down', access: anyone, produces: [] }) },
      }),
    /made-up\.down: malformed route "down"/,
  )
})

test('an input that lets unknown fields pass is refused on any path', () => {
  const open = Type.Object({ name: Type.String() })
  assert.throws(() => contractWith('GET /x', open as never), /made-up\.one: the input must say additionalProperties/)
  assert.throws(
    () =>
      defineContract({
        name: 'made-up',
        summary: 'x',
        operations: {
          one: command({
            summary: 'x',
            access: anyone,
            aliases: ['POST /odd'],
            input: open as never,
            output: Type.Null(),
          }),
        },
      }),
    /made-up\.one: the input must say additionalProperties/,
  )
})

test('names are filled in and an event has its full name', () => {
  const contract = defineContract({
    name: 'made-up',
    summary: 'x',
    operations: { doIt: command({ summary: 'x', access: anyone, input: object({}), output: Type.Null() }) },
    events: { somethingBigHappened: event(2, object({ a: text(5) }), { summary: 'x' }) },
  })
  assert.equal(contract.operations.doIt.service, 'made-up')
  assert.equal(contract.operations.doIt.name, 'doIt')
  assert.equal(eventTypeName(contract.events.somethingBigHappened), 'made-up.something-big-happened.v2')
})

test('an operation answers at its canonical path, under each public name, and at its aliases', () => {
  const paths = pathsOf(notes, notes.operations.list).map(({ method, path }) => `${method} ${path}`)
  assert.deepEqual(paths, [
    'GET /api/v1/notes',
    'GET /notes/api/v1/notes',
    'GET /notes',
    'GET /memo/api/v1/notes',
    'GET /memo/notes',
    'GET /odd/all-notes/',
  ])
})

test('all paths answer with and without a slash at the end, directly', async () => {
  const frame = await openFrame({ services: [identityService(), notesService()], migrations: [notesMigrations] })
  try {
    const as = { accountId: '0197c000-0000-7000-8000-000000000001' }
    for (const { path } of pathsOf(notes, notes.operations.list)) {
      for (const form of [path.replace(/\/$/, ''), `${path.replace(/\/$/, '')}/`]) {
        const answer = await frame.request('GET', form, { as })
        assert.equal(answer.status, 200, form)
        assert.equal(answer.headers.location, undefined)
        assert.deepEqual(answer.body, [])
      }
    }
    for (const name of notes.names) assert.equal((await frame.request('GET', `/${name}/health`)).status, 200)
  } finally {
    await frame.close()
  }
})

function serviceAt(name: string, ...routes: readonly string[]) {
  const operations = Object.fromEntries(
    routes.map((route, index) => [
      `op${index}`,
      query({ summary: 'x', access: anyone, aliases: [route], input: object({}), output: Type.Null() }),
    ]),
  )
  const handlers = Object.fromEntries(routes.map((_route, index) => [`op${index}`, async () => null]))
  return defineService({ contract: defineContract({ name, summary: 'x', operations }), needs: [], handlers })
}

const refusesToOpen = async (options: FrameOptions, message: RegExp) => {
  await assert.rejects(async () => (await openFrame(options)).close(), message)
}

test('two operations at one path stop the start, and both are named', async () => {
  await refusesToOpen(
    { services: [serviceAt('left', 'GET /same'), serviceAt('right', 'GET /same')] },
    /left\.op0.*right\.op0/,
  )
})

test('two operations whose paths differ only in the name of a parameter or a slash stop the start', async () => {
  await refusesToOpen({ services: [serviceAt('one', 'GET /x/:id', 'GET /x/:name')] }, /one\.op0.*one\.op1/)
  await refusesToOpen({ services: [serviceAt('one', 'GET /x', 'GET /x/')] }, /one\.op0.*one\.op1/)
})

test('one path may serve several methods, and a fixed path beside a parameter', async () => {
  const frame = await openFrame({ services: [serviceAt('one', 'GET /x', 'POST /x', 'GET /x/:id', 'GET /x/all')] })
  await frame.close()
})
