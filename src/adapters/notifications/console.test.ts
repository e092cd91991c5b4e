import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { openConsole } from './console.ts'
import { describeAdapter } from './suite.ts'

/** What a reader of the terminal sees, taken apart again. */
function read(printed: string): { to: string; text: string } {
  const rows = printed.trim().split('\n')
  const lines = rows.map((row) => row.trimStart().replace(/^\| ?/, ''))
  const blank = lines.indexOf('')
  const to = lines.find((line) => line.startsWith('To: '))?.slice(4) ?? ''
  return { to, text: lines.slice(blank + 1).join('\n') }
}

for (const channel of ['email', 'sms'] as const) {
  describeAdapter(`console for ${channel}`, {
    channel,
    moods: ['well'],
    async open() {
      const printed: string[] = []
      return {
        deliver: openConsole((text) => printed.push(text)),
        received: () => printed.map(read),
        become() {},
        async close() {},
      }
    },
  })
}

describe('console', () => {
  it('says on every message that it is a demo and that nothing was sent', async () => {
    let printed = ''
    const deliver = openConsole((text) => {
      printed += text
    })
    await deliver({ channel: 'email', to: 'ann@example.org', subject: 'A code', text: 'It is 1234' })
    assert.equal(
      printed,
      [
        '',
        '  | DEMO MODE: this email is printed here and sent to nobody.',
        '  | To: ann@example.org',
        '  | Subject: A code',
        '  |',
        '  | It is 1234',
        '',
        '',
      ].join('\n'),
    )
  })

  it('lets no message steer the terminal or look like a line of the log', async () => {
    let printed = ''
    const deliver = openConsole((text) => {
      printed += text
    })
    const text = 'one\u001b[2J\u0007\r{"level":50}\u009b31m'
    await deliver({ channel: 'email', to: 'ann@example.org', subject: `a\n${text}`, text })
    assert.doesNotMatch(printed.replaceAll('\n', ''), /\p{Cc}/u)
    assert.ok(printed.split('\n').every((line) => line === '' || line.startsWith('  |')))
  })
})
