import { useState } from 'preact/hooks'
import type { OutputOf } from '../../../kernel/contract.ts'
import { refresh, useQuery } from '../../../web/client/cache.ts'
import { call, lookedAt } from '../../../web/client/endpoint.ts'
import { session } from '../../../web/client/session.ts'
import { useStore } from '../../../web/client/store.ts'
import { day, listed } from '../../../web/format.ts'
import { Dialog } from '../../../web/parts/Dialog.tsx'
import { Form } from '../../../web/parts/Form.tsx'
import { Page, Shown } from '../../../web/parts/Page.tsx'
import { complain, say } from '../../../web/parts/Toast.tsx'
import type { consentAudit } from '../contract.ts'
import { consentStatus, grantConsent, readNotice, revokeConsent } from './endpoints.ts'
import { GuardianCard } from './GuardianCard.tsx'
import { type privacyEnglish, privacyTexts } from './texts.ts'

type Given = OutputOf<(typeof consentAudit)['operations']['consentStatus']>['active'][number]
type Cell = keyof (typeof privacyEnglish)['consents']['names']

/** The uses a person decides on, in the order in which they matter to most. */
const GROUPS: readonly (readonly ['care' | 'ai' | 'others', readonly Cell[]])[] = [
  [
    'care',
    [
      'emergency.emergency.emergency_responder',
      'health_records.treatment.hospital',
      'medications.reminder.self',
      'health_records.analytics.self',
    ],
  ],
  [
    'ai',
    [
      'diagnostics.ai_processing.ai_service',
      'documents.ai_processing.ai_service',
      'health_records.ai_processing.ai_service',
      'medications.ai_processing.ai_service',
      'mental_health.ai_processing.ai_service',
    ],
  ],
  ['others', ['health_records.research.researcher']],
]

/** What the record may be used for: each use off until it is turned on, and off again by one tap. */
export function ConsentsPage() {
  const t = privacyTexts()
  const state = useStore(session)
  const person = useStore(lookedAt)
  const id = person ?? (state.kind === 'somebody' ? state.session.account.id : '')
  const answer = useQuery(consentStatus, {}, { user_id: id })
  return (
    <Page title={t.consents.title} lead={t.consents.lead} back={['/app/privacy', t.title]}>
      {person !== undefined && <GuardianCard />}
      <Shown answer={answer} lines={6}>
        {({ active }) =>
          GROUPS.map(([group, cells]) => (
            <section key={group} class="card">
              <h2>{t.consents.groups[group]}</h2>
              <ul class="rows">
                {cells.map((cell) => (
                  <Use key={cell} cell={cell} given={active.find((one) => cellOf(one) === cell)} />
                ))}
              </ul>
            </section>
          ))
        }
      </Shown>
    </Page>
  )
}

const cellOf = (one: Given) => `${one.data_category}.${one.purpose}.${one.granted_to}`

function partsOf(cell: Cell) {
  const [data_category = '', purpose = '', granted_to = ''] = cell.split('.')
  return { data_category, purpose, granted_to }
}

function Use({ cell, given }: { readonly cell: Cell; readonly given: Given | undefined }) {
  const t = privacyTexts().consents
  const [isAsking, setAsking] = useState(false)
  const withdraw = async () => {
    await call(revokeConsent, partsOf(cell))
    refresh()
    say(t.withdrawn)
  }
  const isOn = given !== undefined
  return (
    <li>
      <span class="grow">
        {t.names[cell]}
        {isOn && <small class="soft">{t.since(day(given.created_at))}</small>}
      </span>
      <button
        type="button"
        class="switch"
        role="switch"
        aria-checked={isOn}
        aria-label={t.names[cell]}
        onClick={() => (isOn ? withdraw().catch(complain) : setAsking(true))}
      >
        {isOn ? t.on : t.off}
      </button>
      {isAsking && <Ask cell={cell} onClose={() => setAsking(false)} />}
    </li>
  )
}

/** Before a consent, its notice: which data, what for, what is done with it, and how it ends. */
function Ask({ cell, onClose }: { readonly cell: Cell; readonly onClose: () => void }) {
  const t = privacyTexts().consents
  const answer = useQuery(readNotice, partsOf(cell))
  return (
    <Dialog title={t.names[cell]} onClose={onClose}>
      <Shown answer={answer}>
        {({ notices }) => {
          const send = async () => {
            await call(grantConsent, { ...partsOf(cell), consent_text: JSON.stringify(notices) })
            refresh()
            onClose()
            say(t.given)
          }
          return (
            <Form onSend={send} submit={t.agree}>
              {notices.map((one) => (
                <div key={one.id} class="notice" lang={one.language} dir="auto">
                  <p>
                    <strong>{t.data}:</strong> {listed(one.items)}
                  </p>
                  <p>
                    <strong>{t.use}:</strong> {one.purpose} {one.uses.join(' ')}
                  </p>
                  <p class="soft">
                    {one.withdraw} {one.rights} {one.complain}
                  </p>
                  <p>
                    <a class="button quiet" href={one.pages.rights}>
                      {privacyTexts().data.title}
                    </a>
                  </p>
                </div>
              ))}
            </Form>
          )
        }}
      </Shown>
    </Dialog>
  )
}
