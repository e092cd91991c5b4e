import type { ComponentChildren } from 'preact'
import { changeProfile, readProfile } from '../../services/user-profile/web/endpoints.ts'
import { LANGUAGE_NAMES, LANGUAGES } from '../../shared/languages.ts'
import { refresh, useQuery } from '../client/cache.ts'
import { call } from '../client/endpoint.ts'
import { fields } from '../fields.ts'
import { Choice, Field, Form } from '../parts/Form.tsx'
import type { Read } from '../parts/fieldTable.ts'
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

/** A form over a part of the profile; what is left empty stays as it is. */
function ProfileForm({ onDone, children }: StepProps & { readonly children: ComponentChildren }) {
  const t = welcomeTexts()
  const send = async (change: Read<typeof fields.changeProfile>) => {
    if (Object.keys(change).length > 0) await call(changeProfile, change)
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
  return (
    <Shown answer={profile} lines={4}>
      {(known) => (
        <ProfileForm onDone={onDone}>
          <Field
            of={fields.changeProfile.first_name}
            label={t.firstName}
            value={known.first_name}
            autocomplete="given-name"
          />
          <Field
            of={fields.changeProfile.last_name}
            label={t.lastName}
            value={known.last_name}
            autocomplete="family-name"
          />
          <Field
            of={fields.changeProfile.date_of_birth}
            label={t.born}
            hint={t.bornHint}
            value={known.date_of_birth}
            autocomplete="bday"
          />
          <Choice
            of={fields.changeProfile.units}
            label={t.units}
            words={{ metric: t.metric, imperial: t.imperial }}
            value={known.units}
          />
          <Choice
            of={fields.changeProfile.language}
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
  const text = (known: readonly string[] | null) => known?.join('\n')
  return (
    <Shown answer={profile} lines={4}>
      {(known) => (
        <ProfileForm onDone={onDone}>
          <p class="soft">{t.lead}</p>
          <Field of={fields.changeProfile.conditions} label={t.conditions} value={text(known.conditions)} />
          <Field of={fields.changeProfile.allergies} label={t.allergies} value={text(known.allergies)} />
          <Field of={fields.changeProfile.medications} label={t.medications} value={text(known.medications)} />
        </ProfileForm>
      )}
    </Shown>
  )
}

export function EmergencyStep({ onDone }: StepProps) {
  const t = welcomeTexts().emergency
  const profile = useQuery(readProfile, {})
  return (
    <Shown answer={profile} lines={3}>
      {(known) => (
        <ProfileForm onDone={onDone}>
          <p class="soft">{t.lead}</p>
          <Field of={fields.changeProfile.emergency_contact_name} label={t.name} value={known.emergency_contact_name} />
          <Field
            of={fields.changeProfile.emergency_contact_phone}
            label={t.phone}
            value={known.emergency_contact_phone}
          />
          <Field
            of={fields.changeProfile.emergency_contact_relationship}
            label={t.relation}
            value={known.emergency_contact_relationship}
          />
        </ProfileForm>
      )}
    </Shown>
  )
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
