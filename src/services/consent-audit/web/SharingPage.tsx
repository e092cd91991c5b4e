import { useState } from 'preact/hooks'
import type { OutputOf } from '../../../kernel/contract.ts'
import { refresh, useQuery } from '../../../web/client/cache.ts'
import { call, lookedAt, signedIn } from '../../../web/client/endpoint.ts'
import { useStore } from '../../../web/client/store.ts'
import { clock, day, dayAndClock, listed } from '../../../web/format.ts'
import { listDuties } from '../../../web/handing/endpoints.ts'
import { HealthLinks, Openings } from '../../../web/handing/HealthLinks.tsx'
import { LinkNotes } from '../../../web/handing/LinkNotes.tsx'
import { handingTexts } from '../../../web/handing/texts.ts'
import { Icon } from '../../../web/parts/Icon.tsx'
import { Empty, Page, Shown } from '../../../web/parts/Page.tsx'
import { complain, say } from '../../../web/parts/Toast.tsx'
import { Link } from '../../../web/router.tsx'
import type { consentAudit } from '../contract.ts'
import { endEmergencyAccess, listEmergencyAccess, listGrants, listLinks, revokeGrant, revokeLink } from './endpoints.ts'
import { LinkRow } from './LinkRow.tsx'
import { NewGrant } from './NewGrant.tsx'
import { NewLink } from './NewLink.tsx'
import { Received } from './Received.tsx'
import { categoryName, privacyTexts } from './texts.ts'

type Operations = (typeof consentAudit)['operations']
type Grant = OutputOf<Operations['listGrants']>['grants'][number]
type Emergency = OutputOf<Operations['listEmergencyAccess']>['items'][number]

/** Who was let in, which links are open, who opened the record in an emergency, and what others share. */
export function SharingPage() {
  const t = privacyTexts()
  const isOwn = useStore(lookedAt) === undefined
  return (
    <Page title={t.doors.sharing} lead={t.doors.sharingText} back={['/app/privacy', t.title]}>
      <People />
      <Links />
      <HealthLinks />
      <LinkNotes />
      <ul class="doors">
        <li>
          <Link to="/app/emergency-card">
            <Icon name="records" />
            <span>
              <strong>{handingTexts().card}</strong>
              <small>{handingTexts().cardText}</small>
            </span>
          </Link>
        </li>
      </ul>
      <Openings />
      <Emergencies />
      {isOwn && <Received />}
    </Page>
  )
}

const isOpen = ({ status }: { readonly status: string }) => status === 'active' || status === 'invited'
const namesOf = (categories: readonly string[]) => listed(categories.map(categoryName))

function People() {
  const t = privacyTexts().sharing
  const answer = useQuery(listGrants, { limit: 200 })
  const person = useStore(lookedAt) ?? signedIn.get()?.person
  const duty = useQuery(listDuties, {}).value?.items.find((one) => one.person_id === person)
  const [isInviting, setInviting] = useState(false)
  return (
    <section class="card">
      <div class="row">
        <h2>{t.people}</h2>
        <button type="button" class="button quiet" onClick={() => setInviting(true)}>
          {t.invite}
        </button>
      </div>
      <p class="soft">{t.peopleText}</p>
      <Shown answer={answer}>
        {({ grants }) => {
          const open = grants.filter(isOpen)
          if (open.length === 0) return <Empty text={t.nobody} />
          return (
            <ul class="rows">
              {open.map((one) => (
                <GrantRow key={one.id} grant={one} />
              ))}
            </ul>
          )
        }}
      </Shown>
      {duty?.on_duty != null && (
        <p>{t.onDuty(duty.on_duty.name ?? t.relations.caregiver, clock(duty.on_duty.until))}</p>
      )}
      {duty?.note != null && (
        <p class="soft written" dir="auto">
          {duty.note.text}
        </p>
      )}
      {isInviting && <NewGrant onClose={() => setInviting(false)} />}
    </section>
  )
}

function GrantRow({ grant }: { readonly grant: Grant }) {
  const t = privacyTexts().sharing
  const end = async () => {
    await call(revokeGrant, { id: grant.id })
    refresh()
    say(t.ended)
  }
  return (
    <li>
      <span class="grow">
        <strong dir="auto">{grant.label ?? t.relations[grant.relation]}</strong>{' '}
        <span class={grant.status === 'active' ? 'tag good' : 'tag'}>{t.states[grant.status]}</span>
        <small class="soft">
          {namesOf(grant.categories)} · {t[grant.access]} · {t.untilDay(day(grant.ends_at))}
        </small>
      </span>
      <button type="button" class="button quiet" onClick={() => end().catch(complain)}>
        {t.end}
      </button>
    </li>
  )
}

function Links() {
  const t = privacyTexts().sharing
  const answer = useQuery(listLinks, { limit: 200 })
  const [isMaking, setMaking] = useState(false)
  return (
    <section class="card">
      <div class="row">
        <h2>{t.links}</h2>
        <button type="button" class="button quiet" onClick={() => setMaking(true)}>
          {t.newLink}
        </button>
      </div>
      <p class="soft">{t.linksText}</p>
      <Shown answer={answer}>
        {({ links }) => {
          const open = links.filter(isOpen)
          if (open.length === 0) return <Empty text={t.noLinks} />
          return (
            <ul class="rows">
              {open.map((one) => (
                <LinkRow key={one.id} link={one} end={() => call(revokeLink, { id: one.id })} />
              ))}
            </ul>
          )
        }}
      </Shown>
      {isMaking && <NewLink onClose={() => setMaking(false)} />}
    </section>
  )
}

function Emergencies() {
  const t = privacyTexts().sharing
  const answer = useQuery(listEmergencyAccess, { limit: 20 })
  const items = answer.value?.items ?? []
  if (items.length === 0) return null
  return (
    <section class="card">
      <h2>{t.emergencies}</h2>
      <ul class="rows">
        {items.map((one) => (
          <EmergencyRow key={one.id} opened={one} />
        ))}
      </ul>
    </section>
  )
}

function EmergencyRow({ opened }: { readonly opened: Emergency }) {
  const t = privacyTexts().sharing
  const end = async () => {
    await call(endEmergencyAccess, { id: opened.id })
    refresh()
    say(t.closed)
  }
  return (
    <li>
      <span class="grow">
        <strong dir="auto">{opened.reason}</strong>
        <small class="soft">{dayAndClock(opened.opened_at)}</small>
      </span>
      {opened.is_open && (
        <button type="button" class="button danger" onClick={() => end().catch(complain)}>
          {t.close}
        </button>
      )}
    </li>
  )
}
