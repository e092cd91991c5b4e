import { useEffect } from 'preact/hooks'
import { readPreferences } from '../../services/user-profile/web/endpoints.ts'
import { useQuery } from '../client/cache.ts'
import { lookAt } from '../client/session.ts'
import { Empty, Page, Shown } from '../parts/Page.tsx'
import { go, Link } from '../router.tsx'
import { texts } from '../texts/catalogue.ts'
import { AboutStep, CaregiverStep, EmergencyStep, HealthStep, ImportStep } from './WelcomeSteps.tsx'
import { keepStep, progressOf, STEPS, type Step } from './welcomeProgress.ts'
import { welcomeTexts } from './welcomeTexts.ts'

const FORMS = {
  about: AboutStep,
  import: ImportStep,
  health: HealthStep,
  emergency: EmergencyStep,
  caregiver: CaregiverStep,
} as const

/** The questions after a first sign-in: one at a time, each skippable, going on where the person left off. */
export function WelcomePage({ params }: { readonly params: Readonly<Record<string, string>> }) {
  const preferences = useQuery(readPreferences, {})
  // It is about whoever signed in, not about whom they look at.
  useEffect(() => lookAt(undefined), [])
  const asked = STEPS.find((step) => step === params.step)
  const t = welcomeTexts()
  const isNone = asked === undefined && params.step !== undefined && params.step !== 'done'
  return (
    <Page
      title={t.title}
      lead={t.lead}
      back={isNone ? ['/app/welcome', t.title] : ['/app/today', texts().nav.today]}
      missing={isNone ? params.step : undefined}
    >
      <Shown answer={preferences} lines={4}>
        {({ custom_preferences }) => {
          const { done } = progressOf(custom_preferences)
          const step = asked ?? (params.step === 'done' ? undefined : STEPS.find((one) => !done.includes(one)))
          return step === undefined ? <AllSet /> : <OneStep key={step} step={step} done={done} />
        }}
      </Shown>
    </Page>
  )
}

function OneStep({ step, done }: { readonly step: Step; readonly done: readonly Step[] }) {
  const t = welcomeTexts()
  const Form = FORMS[step]
  const at = STEPS.indexOf(step)
  const goOn = async () => {
    await keepStep(step)
    go(`/app/welcome/${STEPS[at + 1] ?? 'done'}`)
  }
  return (
    <>
      <nav class="tabs" aria-label={t.title}>
        {STEPS.map((one) => (
          <Link key={one} to={`/app/welcome/${one}`} isCurrent={one === step}>
            {done.includes(one) ? `${t.steps[one]} ✓` : t.steps[one]}
          </Link>
        ))}
      </nav>
      <section class="card">
        <p class="soft">{t.step(at + 1, STEPS.length)}</p>
        <h2>{t.steps[step]}</h2>
        <Form onDone={goOn} />
      </section>
    </>
  )
}

function AllSet() {
  const t = welcomeTexts()
  return (
    <Empty
      text={`${t.done} ${t.doneText}`}
      action={
        <Link to="/app/today" class="button">
          {t.toToday}
        </Link>
      }
    />
  )
}
