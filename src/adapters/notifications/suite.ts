import assert from 'node:assert/strict'
import { afterEach, describe, it } from 'node:test'
import { inspect } from 'node:util'
import { PlatformError } from '../../kernel/errors.ts'
import { errorFields } from '../../kernel/log.ts'
import type { Notice } from '../../kernel/ports.ts'
import type { Deadline, Deliver } from './port.ts'

/** How a provider treats the messages that come from now on. */
export type Mood = 'well' | 'refusing' | 'silent' | 'garbled' | 'cutting' | 'gone'

/** An adapter and the provider it talks to, on this machine. */
export interface AdapterBench {
  readonly deliver: Deliver
  /** What the provider took, oldest first, as the person reads it. */
  received(): readonly { readonly to: string; readonly text: string }[]
  /** Changes the provider's mood; `onSilence` is called when a silent one has got a message it will not answer. */
  become(mood: Mood, onSilence: () => void): Promise<void> | void
  close(): Promise<void>
}

interface AdapterCase {
  readonly channel: Notice['channel']
  /** The moods that the adapter's provider can be in. */
  readonly moods: readonly Mood[]
  open(deadline: Deadline): Promise<AdapterBench>
}

const EXPECTED = {
  refusing: 'unavailable',
  silent: 'timeout',
  garbled: 'bad_upstream',
  cutting: 'unavailable',
  gone: 'unavailable',
}
const SECRET_WORD = 'kestrel'

/** The behaviour that every adapter of the notification port must show. */
export function describeAdapter(name: string, { channel, moods, open }: AdapterCase): void {
  const to = channel === 'email' ? `${SECRET_WORD}@example.org` : '+14155550123'
  const other = channel === 'email' ? 'other@example.org' : '+14155550199'
  const notice = (changes: Partial<Notice> = {}): Notice => ({
    channel,
    to,
    subject: `About the ${SECRET_WORD}`,
    text: `Your code is ${SECRET_WORD}`,
    ...changes,
  })

  describe(`${name}, as every adapter`, () => {
    let end = new AbortController()
    let bench: AdapterBench
    const start = async () => {
      end = new AbortController()
      bench = await open(() => end.signal)
    }
    afterEach(() => bench.close())

    it('delivers a message to the one person it is for', async () => {
      await start()
      await bench.deliver(notice())
      assert.deepEqual(bench.received(), [{ to, text: `Your code is ${SECRET_WORD}` }])
    })

    it('keeps the text as it is: scripts, emoji, lines, dots, quotes, long lines', async () => {
      const text = ['Grüße, नमस्ते, ❤️', '.', '..two', '', '"a" & \'b\' = 100 % + 5\\', 'x'.repeat(2000), 'end'].join('\n')
      await start()
      await bench.deliver(notice({ text }))
      assert.equal(bench.received()[0]?.text, text)
    })

    it('delivers messages that are sent at the same time, each to its own person', async () => {
      await start()
      await Promise.all([bench.deliver(notice({ text: 'one' })), bench.deliver(notice({ to: other, text: 'two' }))])
      const sorted = [...bench.received()].sort((a, b) => a.text.localeCompare(b.text))
      assert.deepEqual(sorted, [
        { to, text: 'one' },
        { to: other, text: 'two' },
      ])
    })

    it('refuses a recipient that is not exactly one, and hands nothing over', async () => {
      const wrong = [
        '',
        'nobody',
        `${to}\r\nBcc: x@example.org`,
        `${to}\n`,
        `${to},${other}`,
        `${to} ${other}`,
        `<${to}>`,
      ]
      await start()
      for (const recipient of wrong) {
        const error = await failure(bench.deliver(notice({ to: recipient })))
        assert.equal(error.code, 'validation_failed')
        assertDiscreet(error, to)
      }
      assert.deepEqual(bench.received(), [])
    })

    for (const mood of moods.filter((one) => one !== 'well')) {
      it(`answers ${EXPECTED[mood]} for a provider that is ${mood}, without a word of the message`, async () => {
        await start()
        await bench.become(mood, () => end.abort())
        const error = await failure(bench.deliver(notice()))
        assert.equal(error.code, EXPECTED[mood])
        assert.ok(error.options.privateDetail, 'the operator is told why')
        assertDiscreet(error, to)
        assert.deepEqual(bench.received(), [])
      })
    }

    it('delivers again once the provider is well', { skip: !moods.includes('refusing') }, async () => {
      await start()
      await bench.become('refusing', () => {})
      await failure(bench.deliver(notice()))
      await bench.become('well', () => {})
      await bench.deliver(notice())
      assert.equal(bench.received().length, 1)
    })
  })
}

/** The platform error that the promise rejects with. */
export async function failure(promise: Promise<unknown>): Promise<PlatformError> {
  const error = await promise.then(
    () => assert.fail('it succeeded'),
    (thrown: unknown) => thrown,
  )
  assert.ok(error instanceof PlatformError, inspect(error))
  return error
}

/** Holds an error to the rule that it tells neither the person nor the message, wherever it may be printed. */
export function assertDiscreet(error: PlatformError, ...secrets: readonly string[]): void {
  // `cause` and every own field, as a log or a crash report would print them.
  const everything = `${inspect(error, { depth: 10 })} ${JSON.stringify(errorFields(error))}`
  for (const secret of [SECRET_WORD, ...secrets]) assert.ok(!everything.includes(secret), 'the error tells a secret')
}
