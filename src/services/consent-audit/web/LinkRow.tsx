import type { ComponentChildren } from 'preact'
import { refresh } from '../../../web/client/cache.ts'
import { day, dayAndClock, listed } from '../../../web/format.ts'
import { complain, say } from '../../../web/parts/Toast.tsx'
import { categoryName, privacyTexts } from './texts.ts'

interface LinkRowProps {
  readonly link: {
    readonly label: string | null
    readonly categories: readonly string[]
    readonly access_count: number
    readonly expires_at: string
    readonly from: string | null
    readonly until: string | null
  }
  /** Ends the link. */
  readonly end: () => Promise<unknown>
  readonly children?: ComponentChildren
}

/** An open link: what it shows, how often it was opened, until when, and the way to end it. */
export function LinkRow({ link, end, children }: LinkRowProps) {
  const t = privacyTexts().sharing
  const days =
    link.from === null && link.until === null
      ? ''
      : [link.from, link.until].map((one) => (one === null ? '' : day(one))).join(' – ')
  const work = async () => {
    await end()
    refresh()
    say(t.linkEnded)
  }
  return (
    <li>
      <span class="grow">
        <strong dir="auto">{link.label ?? t.linkDefault}</strong> {children}
        <small class="soft">
          {listed(link.categories.map(categoryName))} · {days !== '' && <bdi>{days} · </bdi>}
          {t.opened(link.access_count)} · {t.untilDay(dayAndClock(link.expires_at))}
        </small>
      </span>
      <button type="button" class="button quiet" onClick={() => work().catch(complain)}>
        {t.endLink}
      </button>
    </li>
  )
}
