import { choosePreferences } from '../../services/user-profile/web/endpoints.ts'
import { keepSession } from '../client/answers.ts'
import { call } from '../client/endpoint.ts'
import { type Manner, manner } from '../client/manner.ts'
import { SavedHere } from '../client/outbox.ts'
import { loadSession, session } from '../client/session.ts'
import { useStore } from '../client/store.ts'
import { Choice } from '../parts/Form.tsx'
import { Page } from '../parts/Page.tsx'
import { Segments } from '../parts/Segments.tsx'
import { complain } from '../parts/Toast.tsx'
import { locale, texts } from '../texts/catalogue.ts'
import { displayTexts } from './displayTexts.ts'

const FORMATS = ['YYYY-MM-DD', 'DD/MM/YYYY', 'MM/DD/YYYY', 'DD-MM-YYYY', 'MM-DD-YYYY'] as const

const AFTERNOON = new Date(2000, 0, 1, 14, 5)

/** Units, days and clock of whoever is at the screen: each choice holds at once, everywhere. */
export function DisplayPage() {
  const t = displayTexts()
  const more = texts().more
  const { units, glucose_unit, hba1c_unit, laboratory_units, date_format, time_format } = useStore(manner)
  return (
    <Page title={more.display} lead={t.lead} back={['/app/more', texts().nav.more]}>
      <Pick
        label={t.units}
        name="units"
        options={[
          ['metric', 'kg · cm · °C'],
          ['imperial', 'lb · in · °F'],
        ]}
        value={units ?? 'metric'}
      />
      <Pick label={t.glucose} name="glucose_unit" options={asTheyAre('mg/dL', 'mmol/L')} value={glucose_unit} />
      <Pick label="HbA1c" name="hba1c_unit" options={asTheyAre('%', 'mmol/mol')} value={hba1c_unit} />
      <Pick
        label={t.results}
        name="laboratory_units"
        options={[
          ['as_reported', t.asReported],
          ['conventional', 'mg/dL'],
          ['si', 'mmol/L'],
        ]}
        value={laboratory_units}
      />
      <section class="card row">
        <h2>{t.days}</h2>
        <Choice
          name="date_format"
          label={t.days}
          isLabelHidden
          options={[['', t.inWords], ...asTheyAre(...FORMATS)]}
          value={date_format ?? ''}
          onPick={(picked) => void choose({ date_format: FORMATS.find((one) => one === picked) ?? null })}
        />
      </section>
      <Pick
        label={t.clock}
        name="time_format"
        options={[
          ['24-hour', timeIn(false)],
          ['12-hour', timeIn(true)],
        ]}
        value={time_format ?? '24-hour'}
      />
    </Page>
  )
}

function timeIn(hour12: boolean): string {
  return AFTERNOON.toLocaleTimeString(locale(), { hour: 'numeric', minute: '2-digit', hour12 })
}

function asTheyAre(...values: readonly string[]): readonly (readonly [string, string])[] {
  return values.map((one) => [one, one] as const)
}

interface PickProps {
  readonly label: string
  readonly name: keyof Manner
  readonly options: readonly (readonly [value: string, label: string])[]
  readonly value: string | undefined
}

function Pick({ label, name, options, value = '' }: PickProps) {
  return (
    <section class="card row">
      <h2>{label}</h2>
      <Segments
        label={label}
        name={name}
        options={options}
        value={value}
        onPick={(picked) => void choose({ [name]: picked } as Manner)}
      />
    </section>
  )
}

/** Holds here at once, also while the server is away; the server hears it for all devices of the account. */
async function choose(choice: Manner): Promise<void> {
  const state = session.get()
  if (state.kind !== 'somebody') return
  const people = state.session.people.map((one) => (one.is_own ? { ...one, ...choice } : one))
  const found = { ...state.session, people }
  manner.set({ ...manner.get(), ...choice })
  session.set({ kind: 'somebody', session: found })
  try {
    await call(choosePreferences, choice, { isOwn: true })
    await keepSession(found)
  } catch (problem) {
    if (problem instanceof SavedHere) await keepSession(found)
    else await loadSession()
    complain(problem)
  }
}
