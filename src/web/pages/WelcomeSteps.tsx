import type { ComponentChildren } from 'preact'
import type { InputOf } from '../../kernel/contract.ts'
import type { userProfile } from '../../services/user-profile/contract.ts'
import { changeProfile, readProfile } from '../../services/user-profile/web/endpoints.ts'
import { LANGUAGE_NAMES, LANGUAGES } from '../../shared/languages.ts'
import { refresh, useQuery } from '../client/cache.ts'
import { call } from '../client/endpoint.ts'
import { Choice, Field, Form, given, type Values } from '../parts/Form.tsx'
import { Icon, type IconName } from '../parts/Icon.tsx'
import { Shown } from '../parts/Page.tsx'
import { complain } from '../parts/Toast.tsx'
import { Link } from '../router.tsx'
import { language } from '../texts/catalogue.ts'
import { chooseLanguage } from '../texts/languages.ts'
import { welcomeTexts } from './welcomeTexts.ts'

interface StepProps {
  /** Notes the step and goes to the next one. */
  readonly onDone: () => Promise<void>
}

type Change = InputOf<typeof userProfile.operations.changeProfile>

/** A form over a part of the profile; what is left empty stays as it is. */
function ProfileForm({
  onDone,
  changeOf,
  children,
}: StepProps & {
  readonly changeOf: (values: Values) => Change
  readonly children: ComponentChildren
}) {
  const t = welcomeTexts()
  const send = async (values: Values) => {
    const change = Object.fromEntries(Object.entries(changeOf(values)).filter(([, value]) => value !== undefined))
    if (Object.keys(change).length > 0) await call(changeProfile, change as Change)
    refresh()
    await onDone()
  }
  return (
    <Form onSend={send} submit={t.next} class="form" aside={<Skip onDone={onDone} />}>
      {children}
    </Form>
  )
}

function Skip({ onDone, isMain = false }: StepProps & { readonly isMain?: boolean }) {
  const t = welcomeTexts()
  return (
    <button type="button" class={isMain ? 'button' : 'button quiet'} onClick={() => void onDone().catch(complain)}>
      {isMain ? t.goOn : t.skip}
    </button>
  )
}

export function AboutStep({ onDone }: StepProps) {
  const t = welcomeTexts().about
  const profile = useQuery(readProfile, {})
  const changeOf = (values: Values): Change => ({
    first_name: given(values, 'first_name'),
    last_name: given(values, 'last_name'),
    date_of_birth: given(values, 'date_of_birth'),
    units: values.units as 'metric' | 'imperial',
    language: values.language,
  })
  return (
    <Shown answer={profile} lines={4}>
      {(known) => (
        <ProfileForm onDone={onDone} changeOf={changeOf}>
          <Field
            name="first_name"
            label={t.firstName}
            value={known.first_name ?? undefined}
            autocomplete="given-name"
          />
          <Field name="last_name" label={t.lastName} value={known.last_name ?? undefined} autocomplete="family-name" />
          <Field
            name="date_of_birth"
            label={t.born}
            type="date"
            hint={t.bornHint}
            value={known.date_of_birth ?? undefined}
            autocomplete="bday"
          />
          <Choice
            name="units"
            label={t.units}
            options={[
              ['metric', t.metric],
              ['imperial', t.imperial],
            ]}
            value={known.units ?? 'metric'}
          />
          <Choice
            name="language"
            label={t.language}
            options={LANGUAGES.map((one) => [one, LANGUAGE_NAMES[one]] as const)}
            value={language()}
            onPick={(picked) => {
              const wanted = LANGUAGES.find((one) => one === picked)
              if (wanted !== undefined && wanted !== language()) chooseLanguage(wanted)
            }}
          />
        </ProfileForm>
      )}
    </Shown>
  )
}

export function HealthStep({ onDone }: StepProps) {
  const t = welcomeTexts().health
  const profile = useQuery(readProfile, {})
  const changeOf = (values: Values): Change => ({
    conditions: linesOf(values, 'conditions'),
    allergies: linesOf(values, 'allergies'),
    medications: linesOf(values, 'medications'),
  })
  const text = (known: readonly string[] | null) => known?.join('\n')
  return (
    <Shown answer={profile} lines={4}>
      {(known) => (
        <ProfileForm onDone={onDone} changeOf={changeOf}>
          <p class="soft">{t.lead}</p>
          <Field name="conditions" label={t.conditions} rows={3} value={text(known.conditions)} />
          <Field name="allergies" label={t.allergies} rows={3} value={text(known.allergies)} />
          <Field name="medications" label={t.medications} rows={3} value={text(known.medications)} />
        </ProfileForm>
      )}
    </Shown>
  )
}

export function EmergencyStep({ onDone }: StepProps) {
  const t = welcomeTexts().emergency
  const profile = useQuery(readProfile, {})
  const changeOf = (values: Values): Change => ({
    emergency_contact_name: given(values, 'emergency_contact_name'),
    emergency_contact_phone: given(values, 'emergency_contact_phone'),
    emergency_contact_relationship: given(values, 'emergency_contact_relationship'),
  })
  return (
    <Shown answer={profile} lines={3}>
      {(known) => (
        <ProfileForm onDone={onDone} changeOf={changeOf}>
          <p class="soft">{t.lead}</p>
          <Field name="emergency_contact_name" label={t.name} value={known.emergency_contact_name ?? undefined} />
          <Field name="emergency_contact_phone" label={t.phone} value={known.emergency_contact_phone ?? undefined} />
          <Field
            name="emergency_contact_relationship"
            label={t.relation}
            value={known.emergency_contact_relationship ?? undefined}
          />
        </ProfileForm>
      )}
    </Shown>
  )
}

/** One entry a line; undefined when nothing stands there, so that nobody clears a list by skipping over it. */
function linesOf(values: Values, field: string): string[] | undefined {
  const lines = (values[field] ?? '').split('\n').map((line) => line.trim())
  const filled = lines.filter((line) => line !== '')
  return filled.length === 0 ? undefined : filled
}

export function ImportStep({ onDone }: StepProps) {
  const t = welcomeTexts().import
  return (
    <>
      <p class="soft">{t.lead}</p>
      <Doors
        doors={[
          ['/app/devices', 'pulse', t.file, t.fileText],
          ['/app/records/add', 'plus', t.record, t.recordText],
          ['/app/add', 'today', t.value, t.valueText],
        ]}
      />
      <Skip onDone={onDone} isMain />
    </>
  )
}

export function CaregiverStep({ onDone }: StepProps) {
  const t = welcomeTexts().caregiver
  return (
    <>
      <p class="soft">{t.lead}</p>
      <Doors
        doors={[
          ['/app/sharing', 'people', t.invite, t.inviteText],
          ['/app/people', 'people', t.keep, t.keepText],
        ]}
      />
      <Skip onDone={onDone} isMain />
    </>
  )
}

function Doors({ doors }: { readonly doors: readonly (readonly [path: string, icon: IconName, string, string])[] }) {
  return (
    <ul class="doors">
      {doors.map(([path, icon, title, text]) => (
        <li key={path}>
          <Link to={path}>
            <Icon name={icon} />
            <span>
              <strong>{title}</strong>
              <small>{text}</small>
            </span>
          </Link>
        </li>
      ))}
    </ul>
  )
}
