import { useEffect, useState } from 'preact/hooks'
import { Categories } from '../../services/consent-audit/web/Categories.tsx'
import { myAudit } from '../../services/consent-audit/web/endpoints.ts'
import { LinkRow } from '../../services/consent-audit/web/LinkRow.tsx'
import { Ending, MadeLink, ShownDays } from '../../services/consent-audit/web/NewLink.tsx'
import { privacyTexts } from '../../services/consent-audit/web/texts.ts'
import { refresh, useQuery } from '../client/cache.ts'
import { call } from '../client/endpoint.ts'
import { fields } from '../fields.ts'
import { dayAndClock } from '../format.ts'
import { Dialog } from '../parts/Dialog.tsx'
import { Field, Form, Tick } from '../parts/Form.tsx'
import type { Read } from '../parts/fieldTable.ts'
import { Empty, Shown } from '../parts/Page.tsx'
import { Link } from '../router.tsx'
import { createHealthLink, listHealthLinks, revokeHealthLink } from './endpoints.ts'
import { handingTexts } from './texts.ts'

const LIVE_MS = 15_000
const SHOWN = 8

/** Links with the patient summary that are open, and the way to make one. */
export function HealthLinks() {
  const t = handingTexts()
  const answer = useQuery(listHealthLinks, { limit: 100 })
  const [isMaking, setMaking] = useState(false)
  return (
    <section class="card">
      <div class="row">
        <h2>{t.links}</h2>
        <button type="button" class="button quiet" onClick={() => setMaking(true)}>
          {t.make}
        </button>
      </div>
      <p class="soft">{t.linksText}</p>
      <p class="footer">
        <Link to="/app/overview">{t.questions}</Link>
      </p>
      <Shown answer={answer}>
        {({ links }) => {
          const open = links.filter(({ status }) => status === 'active' || status === 'locked')
          if (open.length === 0) return <Empty text={t.none} />
          return (
            <ul class="rows">
              {open.map((one) => (
                <LinkRow key={one.id} link={one} end={() => call(revokeHealthLink, { id: one.id })}>
                  {one.tries_left !== null && (
                    <span class={one.tries_left === 0 ? 'tag bad' : 'tag'}>
                      {one.tries_left === 0 ? t.locked : t.tries(one.tries_left)}
                    </span>
                  )}
                </LinkRow>
              ))}
            </ul>
          )
        }}
      </Shown>
      {isMaking && <NewHealthLink categories={answer.value?.categories ?? []} onClose={() => setMaking(false)} />}
    </section>
  )
}

interface NewHealthLinkProps {
  readonly categories: readonly string[]
  readonly onClose: () => void
}

function NewHealthLink({ categories, onClose }: NewHealthLinkProps) {
  const [t, p] = [handingTexts(), privacyTexts().sharing]
  const [made, setMade] = useState<{ readonly shlink: string; readonly viewer_url: string }>()
  const send = async (input: Read<typeof fields.createHealthLink>, key: string) => {
    setMade(await call(createHealthLink, { label: p.linkDefault, ...input }, { key }))
    refresh()
  }
  return (
    <Dialog title={t.make} onClose={onClose}>
      {made === undefined ? (
        <Form onSend={send} submit={p.make}>
          <Field of={fields.createHealthLink.label} label={p.linkLabel} placeholder={p.linkDefault} isFirst />
          <Categories of={fields.createHealthLink.categories} only={categories} />
          <ShownDays from={fields.createHealthLink.from} until={fields.createHealthLink.until} />
          <Ending
            of={fields.createHealthLink.expires_days}
            uses={fields.createHealthLink.max_uses}
            days={['1', '7', '30', '90', '365']}
          />
          <Tick of={fields.createHealthLink.is_long_term} label={t.lasting} />
          <Tick of={fields.createHealthLink.allows_notes} label={t.allowNotes} />
          <Field of={fields.createHealthLink.passcode} label={p.passcode} hint={p.passcodeHint} />
        </Form>
      ) : (
        <MadeLink url={made.shlink} text={t.made} onClose={onClose}>
          <p>
            <a href={made.viewer_url} target="_blank" rel="noreferrer">
              {t.view}
            </a>
          </p>
        </MadeLink>
      )}
    </Dialog>
  )
}

/** Who opened a link or the card lately; looked at again while the page is in view. */
export function Openings() {
  const t = handingTexts()
  const links = useQuery(myAudit, { action: 'link_opened', limit: SHOWN })
  const cards = useQuery(myAudit, { action: 'emergency_card_opened', limit: SHOWN })
  useEffect(() => {
    const timer = setInterval(() => document.visibilityState === 'visible' && refresh(), LIVE_MS)
    return () => clearInterval(timer)
  }, [])
  const seen = [...(links.value?.entries ?? []), ...(cards.value?.entries ?? [])]
    .sort((left, right) => right.at.localeCompare(left.at))
    .slice(0, SHOWN)
  return (
    <section class="card">
      <h2>{t.openings}</h2>
      {seen.length === 0 && <p class="soft">{t.openingsNone}</p>}
      <ul class="rows" aria-live="polite">
        {seen.map((one) => (
          <li key={one.id}>
            <span class="grow">
              <span dir="auto">{one.sentence}</span>
              <small class="soft">{dayAndClock(one.at)}</small>
            </span>
            {one.outcome === 'refused' && <span class="tag warn">{privacyTexts().seen.refused}</span>}
          </li>
        ))}
      </ul>
    </section>
  )
}
