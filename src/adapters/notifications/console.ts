import type { Notice } from '../../kernel/ports.ts'
import type { Deliver } from './port.ts'
import { mailAddress, oneLine, phoneNumber } from './recipients.ts'

/**
 * DEMO MODE ONLY: prints messages, one-time codes included, to the standard output instead of sending them.
 * `openNotifications` takes it for no other purpose, and production refuses demo mode.
 */
export function openConsole(write: (text: string) => void = writeOut): Deliver {
  return async (notice) => {
    const to = notice.channel === 'email' ? mailAddress(notice.to) : phoneNumber(notice.to)
    write(printed(notice, to))
  }
}

function writeOut(text: string): void {
  process.stdout.write(text)
}

function printed({ channel, subject, text }: Notice, to: string): string {
  // Line by line, because control characters can make a terminal show or do something else.
  const lines = text.split(/\r\n|\r|\n/).map(oneLine)
  const rows = [`DEMO MODE: this ${channel} is printed here and sent to nobody.`, `To: ${to}`]
  if (channel === 'email') rows.push(`Subject: ${oneLine(subject)}`)
  return `\n${[...rows, '', ...lines].map((row) => `  | ${row}`.trimEnd()).join('\n')}\n\n`
}
