import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { numberSetting } from './config.ts'
import { command, defineContract, event } from './contract.ts'
import { object, Type, text } from './fields.ts'
import { isConfigured, lazyService, type Outline, outlineOf } from './outline.ts'
import { defineService, type Service } from './service.ts'

const bells = defineContract({
  name: 'bells',
  summary: 'Rings.',
  operations: {
    ring: command({
      summary: 'Rings',
      route: 'POST /bells',
      access: { kind: 'public' },
      input: object({ tone: text(5) }),
      output: Type.String(),
    }),
  },
  events: { rung: event(1, object({ tone: text(5) }), { summary: 'It rang' }) },
})

const heard: string[] = []
const whole = defineService({
  contract: bells,
  needs: [],
  handlers: { ring: async (_context, { tone }) => `${tone}!` },
  reactions: [{ name: 'echo', on: bells.events.rung, handle: async () => void heard.push('echo') }],
  jobs: [{ name: 'hourly', summary: 'Rings by itself', everySeconds: 3600, run: async () => void heard.push('job') }],
  settings: { volume: numberSetting('BELL_VOLUME', { doc: 'How loud', defaultValue: 3, minimum: 1, maximum: 9 }) },
  personal: { exportAll: async () => ({}), eraseAll: async () => ({ bells: 2 }) },
})

describe('a service by its outline', () => {
  const outline = JSON.parse(JSON.stringify(outlineOf(whole))) as Outline
  const nothing = undefined as never
  let loads = 0
  const load = async () => {
    loads += 1
    return whole
  }

  test('says what a start has to know, and is read once, at the first use of anything of it', async () => {
    const lazy = lazyService(outline, [bells], load)
    assert.deepEqual(
      lazy.jobs?.map(({ name, everySeconds }) => [name, everySeconds]),
      [['hourly', 3600]],
    )
    assert.equal(lazy.reactions?.[0]?.on, bells.events.rung)
    assert.equal(lazy.settings?.volume?.defaultValue, 3)
    assert.deepEqual([lazy.demo, lazy.personal?.summarise, loads], [undefined, undefined, 0])
    assert.equal(await lazy.handlers.ring?.(nothing, { tone: 'low' } as never), 'low!')
    await lazy.reactions?.[0]?.handle(nothing, nothing, nothing)
    await lazy.jobs?.[0]?.run(nothing, {})
    assert.deepEqual(await lazy.personal?.eraseAll(nothing, ''), { bells: 2 })
    assert.deepEqual([heard, loads], [['echo', 'job'], 1])
  })

  test('whose setting is set is asked at the start; an empty one is none', () => {
    assert.equal(isConfigured(outline, { BELL_VOLUME: '12' }), true)
    assert.equal(isConfigured(outline, { BELL_VOLUME: '', OTHER: 'x' }), false)
  })

  test('refuses an outline of another build', async () => {
    assert.throws(() => lazyService({ ...outline, needs: ['chimes'] }, [bells], load), /build again/)
    const older = lazyService({ ...outline, handlers: ['gone'] }, [bells], load) as Service
    await assert.rejects(async () => older.handlers.gone?.(nothing, nothing), /build again/)
  })
})
