import { privacyTexts } from '../../services/consent-audit/web/texts.ts'
import { refresh, useQuery } from '../client/cache.ts'
import { call, lookedAt } from '../client/endpoint.ts'
import { isSharedRecord } from '../client/session.ts'
import { useStore } from '../client/store.ts'
import { fields } from '../fields.ts'
import { Secret } from '../parts/Dialog.tsx'
import { Field, Form } from '../parts/Form.tsx'
import type { Read } from '../parts/fieldTable.ts'
import { Page, Shown } from '../parts/Page.tsx'
import { QrCode } from '../parts/QrCode.tsx'
import { complain, say } from '../parts/Toast.tsx'
import { Link } from '../router.tsx'
import type { Card } from '../sos/card.ts'
import { EmergencyCard } from '../sos/EmergencyCard.tsx'
import { readEmergencyCard } from '../sos/endpoints.ts'
import { texts } from '../texts/catalogue.ts'
import { saidByServer } from '../texts/serverWords.ts'
import { readCardLink, saveCardNotes, turnCardLinkOff, turnCardLinkOn } from './endpoints.ts'
import { handingTexts } from './texts.ts'

/** The emergency card: what it says and lacks, its code, its notes, printing, and whether it can be opened online. */
export function CardPage() {
  const t = handingTexts()
  const person = useStore(lookedAt)
  const answer = useQuery(readEmergencyCard, {})
  const card = answer.value
  const isOwn = !isSharedRecord(person)
  const save = async (input: Read<typeof fields.saveCardNotes>) => {
    await call(saveCardNotes, input)
    refresh()
    say(t.saved)
  }
  return (
    <Page
      title={t.card}
      back={['/app/sharing', privacyTexts().doors.sharing]}
      aside={
        isOwn && (
          <a class="button" href={person === undefined ? '/card' : `/card?profile_id=${person}`}>
            {t.print}
          </a>
        )
      }
    >
      <EmergencyCard card={card} answer={answer} />
      {card !== undefined && (
        <>
          <Missing card={card} />
          <section class="card">
            <h2>{t.code}</h2>
            <QrCode text={card.qr.text} drawn={card.qr.rows} label={t.codeLabel} />
            <p class="soft">
              {t.codeText} {card.qr.is_shortened && t.codeShort}
            </p>
          </section>
          <section class="card">
            <Form key={card.notes} onSend={save} submit={texts().form.save} isChange>
              <Field
                of={fields.saveCardNotes.notes}
                isRequired={false}
                label={t.notes}
                value={card.notes}
                hint={t.notesHint}
                rows={3}
              />
            </Form>
          </section>
        </>
      )}
      {isOwn && <Online />}
    </Page>
  )
}

/** Where each is said, for a record of one's own. */
const WHERE: Readonly<Record<string, string>> = {
  birth_date: '/app/facts',
  blood_group: '/app/facts',
  allergies: '/app/records/add/allergies',
  conditions: '/app/records/add/conditions',
  medications: '/app/records/add/medications',
}
/** These are said of whoever signed in, not of whom they look at. */
const OWN: typeof WHERE = { ...WHERE, name: '/app/account', contacts: '/app/welcome/emergency', language: '/app/more' }

function Missing({ card: { missing } }: { readonly card: Card }) {
  const person = useStore(lookedAt)
  if (missing.length === 0) return null
  const where = isSharedRecord(person) ? {} : person === undefined ? OWN : WHERE
  return (
    <section class="card">
      <h2>{handingTexts().missing}</h2>
      <ul class="rows">
        {missing.map(({ field, how }) => {
          const to = where[field]
          const said = <span {...saidByServer(how)} />
          return <li key={field}>{to === undefined ? said : <Link to={to}>{said}</Link>}</li>
        })}
      </ul>
    </section>
  )
}

function Online() {
  const [t, p] = [handingTexts(), privacyTexts().sharing]
  const answer = useQuery(readCardLink, {})
  const turn = async (on: boolean, text: string) => {
    await (on ? call(turnCardLinkOn, {}) : call(turnCardLinkOff, {}))
    refresh()
    say(text)
  }
  const button = (on: boolean, word: string, text: string) => (
    <button type="button" class="button quiet" onClick={() => turn(on, text).catch(complain)}>
      {word}
    </button>
  )
  return (
    <section class="card">
      <h2>{t.online}</h2>
      <p class="soft">{t.onlineText}</p>
      <Shown answer={answer}>
        {({ is_on, has_consent, url, qr, access_count }) =>
          !has_consent ? (
            <div class="row">
              <p>{t.consent}</p>
              <Link to="/app/consents" class="button quiet">
                {t.toConsents}
              </Link>
            </div>
          ) : !is_on || url === null ? (
            <div class="row">
              <p>{t.onlineOff}</p>
              {button(true, t.on, t.saved)}
            </div>
          ) : (
            <>
              <QrCode text={qr.text} drawn={qr.rows} label={p.qrLabel} />
              <Secret>{url}</Secret>
              <p class="soft">{p.opened(access_count)}</p>
              <div class="actions">
                {button(true, t.renew, t.renewed)}
                {button(false, t.off, t.turnedOff)}
              </div>
            </>
          )
        }
      </Shown>
    </section>
  )
}
