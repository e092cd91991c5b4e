import type { ComponentChildren } from 'preact'
import type { OutputOf } from '../../../kernel/contract.ts'
import { type Answer, useQuery } from '../../../web/client/cache.ts'
import { Chart } from '../../../web/parts/Chart.tsx'
import { Empty, Page, Shown } from '../../../web/parts/Page.tsx'
import { codeWords } from '../../../web/texts/serverWords.ts'
import type { deviceData } from '../contract.ts'
import { bloodPressureAnalytics, hrvAnalytics, listSources, restingHeartRate, sleepAnalytics } from './endpoints.ts'
import { BasisLine, Figures } from './Figures.tsx'
import { devicesTexts } from './texts.ts'

type Analysis = OutputOf<(typeof deviceData)['operations']['hrvAnalytics']>

/** Variability, sleep, resting heart rate and pressure: a card for each where there is something to read. */
export function VitalsPage() {
  const t = devicesTexts()
  const sources = useQuery(listSources, {})
  return (
    <Page title={t.vitals.title} lead={t.vitals.lead} back={['/app/devices', t.title]}>
      <Shown answer={sources}>
        {({ items }) => {
          const metrics = items.flatMap((one) => one.metrics)
          const cards = CARDS.filter(([pattern]) => metrics.some((metric) => pattern.test(metric)))
          if (cards.length === 0) return <Empty text={t.vitals.none} />
          return (
            <>
              {cards.map(([, Card], place) => (
                <Card key={place} />
              ))}
              <p class="soft">{t.figures.own}</p>
            </>
          )
        }}
      </Shown>
    </Page>
  )
}

const CARDS = [
  [/^(resting_)?heart_rate$/, Resting],
  [/^(hrv_|rr_interval|heart_rate_variability)/, Variability],
  [/^sleep_|_sleep$/, Sleep],
  [/^blood_pressure_systolic$/, Pressure],
] as const

interface VitalProps<Found extends Omit<Analysis, 'beats' | 'artefacts'>> {
  readonly title: string
  readonly answer: Answer<Found>
  readonly children?: (found: Found) => ComponentChildren
}

function Vital<Found extends Omit<Analysis, 'beats' | 'artefacts'>>({ title, answer, children }: VitalProps<Found>) {
  return (
    <section class="card">
      <h2>{title}</h2>
      <Shown answer={answer} lines={2}>
        {(found) => (
          <>
            <BasisLine basis={found} />
            <Figures figures={found.figures} />
            {children?.(found)}
          </>
        )}
      </Shown>
    </section>
  )
}

function Resting() {
  const t = devicesTexts().vitals
  return (
    <Vital title={t.resting} answer={useQuery(restingHeartRate, {})}>
      {({ days }) => (
        <>
          {days.some((one) => one.origin === 'derived') && <p class="soft">{t.derived}</p>}
          <Days title={t.resting} unit={t.restingUnit} days={days} />
        </>
      )}
    </Vital>
  )
}

function Variability() {
  return <Vital title={devicesTexts().vitals.hrv} answer={useQuery(hrvAnalytics, {})} />
}

function Sleep() {
  const t = devicesTexts().vitals
  return (
    <Vital title={t.sleep} answer={useQuery(sleepAnalytics, {})}>
      {({ nights }) => (
        <Days
          title={t.sleepHours}
          unit="h"
          days={nights.map((one) => ({ date: one.date, value: Math.round(one.asleep_minutes / 6) / 10 }))}
        />
      )}
    </Vital>
  )
}

function Pressure() {
  const t = devicesTexts().vitals
  return (
    <Vital title={t.pressure} answer={useQuery(bloodPressureAnalytics, {})}>
      {({ category, days }) => (
        <>
          {category !== null && (
            <p>
              <span class="tag">{codeWords(category)}</span>
            </p>
          )}
          <p class="soft">{t.pressureHow}</p>
          {days.length > 1 && (
            <Chart
              label={t.chart(t.pressure)}
              unit="mmHg"
              series={[
                { label: t.systolic, points: days.map((one) => ({ at: one.date, value: one.systolic })) },
                { label: t.diastolic, points: days.map((one) => ({ at: one.date, value: one.diastolic })) },
              ]}
            />
          )}
        </>
      )}
    </Vital>
  )
}

interface DaysProps {
  readonly title: string
  readonly unit: string
  readonly days: readonly { readonly date: string; readonly value: number }[]
}

function Days({ title, unit, days }: DaysProps) {
  if (days.length < 2) return null
  const points = days.map((one) => ({ at: one.date, value: one.value }))
  return <Chart label={devicesTexts().vitals.chart(title)} unit={unit} series={[{ label: title, points }]} />
}
