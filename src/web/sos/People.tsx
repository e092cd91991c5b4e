import { useState } from 'preact/hooks'
import { clock, number } from '../format.ts'
import { type Card, contactsOf, dialled } from './card.ts'
import { sosTexts } from './texts.ts'

interface Place {
  readonly latitude: number
  readonly longitude: number
  readonly accuracy: number
}

/** Who to reach, by call or by a message that stands ready and is not sent. */
export function People({ card }: { readonly card: Card }) {
  const t = sosTexts()
  const [place, setPlace] = useState<Place>()
  const text = messageOf(card.name ?? undefined, place)
  const contacts = contactsOf(card)
  return (
    <section class="card">
      <h2>{t.contacts}</h2>
      {contacts.length === 0 && <p class="soft">{t.noContacts}</p>}
      <ul class="rows sos-people">
        {contacts.map(({ name, phone, relationship }) => (
          <li key={phone}>
            <span class="grow" dir="auto">
              <strong>{name}</strong> {relationship !== undefined && <small class="soft">{relationship}</small>}
            </span>
            <a class="button" href={`tel:${dialled(phone)}`} aria-label={`${t.callPerson(name)}: ${phone}`}>
              {phone}
            </a>
            <a class="button quiet" href={`sms:${dialled(phone)}?&body=${encodeURIComponent(text)}`}>
              {t.write(name)}
            </a>
          </li>
        ))}
      </ul>
      {contacts.length > 0 && (
        <>
          <p class="soft">{t.messageText}</p>
          <Whereabouts place={place} onFound={setPlace} />
        </>
      )}
    </section>
  )
}

/** Plain letters of the old alphabet of phones and one link, so that it is one message. */
function messageOf(name: string | undefined, place: Place | undefined): string {
  const t = sosTexts()
  const at = clock(new Date())
  const said = name === undefined ? t.messageNoName(at) : t.message(name, at)
  if (place === undefined) return said
  const [latitude, longitude] = [place.latitude.toFixed(5), place.longitude.toFixed(5)]
  return `${said} geo:${latitude},${longitude} https://www.openstreetmap.org/?mlat=${latitude}&mlon=${longitude}`
}

function Whereabouts({
  place,
  onFound,
}: {
  readonly place: Place | undefined
  readonly onFound: (found: Place) => void
}) {
  const t = sosTexts()
  const [state, setState] = useState<'idle' | 'finding' | 'lost'>('idle')
  const find = () => {
    if (navigator.geolocation === undefined) return setState('lost')
    setState('finding')
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        onFound({ latitude: coords.latitude, longitude: coords.longitude, accuracy: coords.accuracy })
        setState('idle')
      },
      () => setState('lost'),
      { enableHighAccuracy: true, timeout: 15_000, maximumAge: 60_000 },
    )
  }
  return (
    <div class="actions">
      {place === undefined && (
        <button type="button" class="link" onClick={find} aria-busy={state === 'finding'}>
          {t.addPlace}
        </button>
      )}
      <span role="status" class="soft">
        {place !== undefined ? t.place(number(place.accuracy, 0)) : state === 'finding' ? t.finding : ''}
        {state === 'lost' && t.noPlace}
      </span>
    </div>
  )
}
