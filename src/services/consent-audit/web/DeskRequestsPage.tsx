import { useState } from 'preact/hooks'
import type { OutputOf } from '../../../kernel/contract.ts'
import { refresh, useQuery } from '../../../web/client/cache.ts'
import { call } from '../../../web/client/endpoint.ts'
import { fields } from '../../../web/fields.ts'
import { ago, day } from '../../../web/format.ts'
import { Desk } from '../../../web/operations/Desk.tsx'
import { operationsTexts } from '../../../web/operations/texts.ts'
import { Choice, Field, FormDialog } from '../../../web/parts/Form.tsx'
import type { Read } from '../../../web/parts/fieldTable.ts'
import { Empty, Shown } from '../../../web/parts/Page.tsx'
import { complain, say } from '../../../web/parts/Toast.tsx'
import type { consentAudit } from '../contract.ts'
import { DeskBreaches } from './DeskBreaches.tsx'
import { answerRequest, decideGuardianProof, listGuardianProofs, openRequests } from './endpoints.ts'
import { privacyTexts } from './texts.ts'

type Operations = (typeof consentAudit)['operations']
type Ticket = OutputOf<Operations['openRequests']>['items'][number]
type Declaration = OutputOf<Operations['listGuardianProofs']>['items'][number]

/** Requests of people that wait for an answer of those who run the platform. */
export function DeskRequestsPage() {
  return (
    <Desk tab="requests">
      <Rights />
      <Guardians />
      <DeskBreaches />
    </Desk>
  )
}

function Rights() {
  const t = operationsTexts().requests
  const { kinds } = privacyTexts().data
  const answer = useQuery(openRequests, { limit: 100 })
  const [chosen, choose] = useState<Ticket>()
  return (
    <section class="card">
      <h2>{t.rights}</h2>
      <p class="soft">{t.rightsText}</p>
      <Shown answer={answer}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty text={t.noRights} />
          ) : (
            <ul class="rows">
              {items.map((one) => (
                <li key={one.request_id}>
                  <span class="grow">
                    <strong dir="auto">{one.detail ?? kinds[one.kind] ?? one.kind}</strong>
                    <small class="soft">
                      {one.request_id} · {kinds[one.kind] ?? one.kind} · {t.due(day(one.due_at))}
                    </small>
                  </span>
                  {one.overdue && <span class="tag bad">{t.overdue}</span>}
                  <button type="button" class="button quiet" onClick={() => choose(one)}>
                    {t.answer}
                  </button>
                </li>
              ))}
            </ul>
          )
        }
      </Shown>
      {chosen !== undefined && <Reply ticket={chosen} onClose={() => choose(undefined)} />}
    </section>
  )
}

function Reply({ ticket, onClose }: { readonly ticket: Ticket; readonly onClose: () => void }) {
  const t = operationsTexts().requests
  const send = async (input: Read<typeof fields.answerRequest>) => {
    await call(answerRequest, { ...input, reference: ticket.request_id })
    refresh()
    onClose()
    say(t.sent)
  }
  return (
    <FormDialog title={ticket.request_id} onClose={onClose} onSend={send} submit={t.send}>
      {ticket.detail !== null && (
        <blockquote class="notice" dir="auto">
          {ticket.detail}
        </blockquote>
      )}
      <Choice of={fields.answerRequest.outcome} label={t.outcome} words={{ done: t.done, refused: t.refused }} />
      <Field of={fields.answerRequest.answer} label={t.words} />
    </FormDialog>
  )
}

function Guardians() {
  const t = operationsTexts().requests
  const answer = useQuery(listGuardianProofs, { limit: 100 })
  const decide = async ({ person_id, account_id }: Declaration, accepted: boolean) => {
    await call(decideGuardianProof, { person_id, account_id, accepted })
    refresh()
    say(t.decided)
  }
  return (
    <section class="card">
      <h2>{t.guardians}</h2>
      <p class="soft">{t.guardiansText}</p>
      <Shown answer={answer}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty text={t.noGuardians} />
          ) : (
            <ul class="rows">
              {items.map((one) => (
                <li key={`${one.person_id} ${one.account_id}`}>
                  <span class="grow">
                    <strong>{t.relations[one.relationship]}</strong> · {ago(one.declared_at)}
                    <small class="soft">{t.ofChild(one.person_id, one.account_id)}</small>
                  </span>
                  <button type="button" class="button quiet" onClick={() => decide(one, true).catch(complain)}>
                    {t.accept}
                  </button>
                  <button type="button" class="button quiet" onClick={() => decide(one, false).catch(complain)}>
                    {t.refuse}
                  </button>
                </li>
              ))}
            </ul>
          )
        }
      </Shown>
    </section>
  )
}
