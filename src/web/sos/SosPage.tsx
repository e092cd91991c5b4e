import { useState } from 'preact/hooks'
import { readProfile } from '../../services/user-profile/web/endpoints.ts'
import { type Answer, useQuery } from '../client/cache.ts'
import { lookedAt } from '../client/endpoint.ts'
import { isSharedRecord, session } from '../client/session.ts'
import { useStore } from '../client/store.ts'
import { Page } from '../parts/Page.tsx'
import { Link } from '../router.tsx'
import { locale } from '../texts/catalogue.ts'
import { type Card, dialled } from './card.ts'
import { EmergencyCard } from './EmergencyCard.tsx'
import { readEmergencyCard } from './endpoints.ts'
import { countryCode, type EmergencyNumbers, firstNumber, NUMBERS } from './numbers.ts'
import { People } from './People.tsx'
import { SosButton } from './SosButton.tsx'
import { sosTexts } from './texts.ts'

const COUNTRY_KEY = 'salus.country'
const ORDER = ['all', 'mobile', 'alternative', 'ambulance', 'police', 'fire'] as const

/** The page for an emergency: it needs no server. It calls and shows; it does not pretend that anybody was told. */
export function SosPage() {
  const isSomebody = useStore(session).kind === 'somebody'
  return isSomebody ? <OwnSos /> : <Sos card={undefined} answer={undefined} country={undefined} />
}

function OwnSos() {
  const person = useStore(lookedAt)
  const answer = useQuery(readEmergencyCard, {})
  // Of a shared record the card may be open and the address not: nothing is asked for that would be refused.
  const profile = useQuery(readProfile, isSharedRecord(person) ? undefined : {})
  return <Sos card={answer.value} answer={answer} country={profile.value?.country ?? undefined} />
}

interface SosProps {
  readonly card: Card | undefined
  /** Undefined where nobody is signed in. */
  readonly answer: Answer<unknown> | undefined
  /** As the profile says it. */
  readonly country: string | undefined
}

function Sos({ card, answer, country: said }: SosProps) {
  const t = sosTexts()
  const [chosen, setChosen] = useState(localStorage.getItem(COUNTRY_KEY) ?? undefined)
  const stated = countryCode(said, locale())
  const country = chosen ?? stated
  const numbers = country === undefined ? undefined : NUMBERS[country]
  const first = numbers === undefined ? undefined : firstNumber(numbers)
  const pick = (code: string) => {
    localStorage.setItem(COUNTRY_KEY, code)
    setChosen(code)
  }
  return (
    <Page title={t.title}>
      {first === undefined ? <p class="notice">{t.noNumber}</p> : <SosButton key={first} number={first} />}
      <section class="card">
        <Country
          country={country}
          hint={chosen === undefined && stated !== undefined ? t.fromProfile : ''}
          onPick={pick}
        />
        {numbers !== undefined && <Numbers numbers={numbers} />}
      </section>
      {card !== undefined && <People card={card} />}
      <EmergencyCard card={card} answer={answer} />
      {answer !== undefined && (
        <p class="footer">
          <Link to="/app/emergency-card">{t.cardMore}</Link>
        </p>
      )}
    </Page>
  )
}

interface CountryProps {
  readonly country: string | undefined
  readonly hint: string
  readonly onPick: (code: string) => void
}

function Country({ country, hint, onPick }: CountryProps) {
  const t = sosTexts()
  const names = new Intl.DisplayNames(locale(), { type: 'region' })
  const options = Object.keys(NUMBERS).map((code) => [code, names.of(code) ?? code] as const)
  options.sort(([, left], [, right]) => left.localeCompare(right))
  return (
    <label class="field">
      <span>{t.country}</span>
      <select value={country ?? ''} onChange={(event) => onPick(event.currentTarget.value)}>
        {country === undefined && (
          <option value="" disabled selected>
            {t.choose}
          </option>
        )}
        {options.map(([code, name]) => (
          <option key={code} value={code} selected={code === country}>
            {name}
          </option>
        ))}
      </select>
      {hint !== '' && <small class="hint">{hint}</small>}
    </label>
  )
}

function Numbers({ numbers }: { readonly numbers: EmergencyNumbers }) {
  const t = sosTexts()
  return (
    <ul class="sos-numbers">
      {ORDER.flatMap((service) => {
        const number = numbers[service]
        if (number === undefined) return []
        return (
          <li key={service}>
            <a class="pick" href={`tel:${dialled(number)}`}>
              <strong dir="ltr">{number}</strong> <small>{t.services[service]}</small>
            </a>
          </li>
        )
      })}
    </ul>
  )
}
