import { useQuery } from '../../../web/client/cache.ts'
import { Page, Shown } from '../../../web/parts/Page.tsx'
import { recordTexts } from '../../../web/texts/record.ts'
import { metricName } from '../../../web/texts/serverWords.ts'
import { BloodPressureForm } from './BloodPressureForm.tsx'
import { listMetricTypes } from './endpoints.ts'
import { MetricForm } from './MetricForm.tsx'
import { SymptomForm } from './SymptomForm.tsx'

/** The form of one thing to add. */
export function AddOnePage({ params }: { readonly params: Readonly<Record<string, string>> }) {
  const t = recordTexts().add
  const back = ['/app/add', t.title] as const
  switch (params.what) {
    case 'blood-pressure':
      return (
        <Page title={t.bloodPressure} back={back}>
          <BloodPressureForm />
        </Page>
      )
    case 'symptom':
      return (
        <Page title={t.symptom} back={back}>
          <SymptomForm />
        </Page>
      )
    default:
      return <OneMetric type={params.what ?? ''} />
  }
}

function OneMetric({ type }: { readonly type: string }) {
  const t = recordTexts().add
  const answer = useQuery(listMetricTypes, {})
  const info = answer.value?.items.find((one) => one.metric_type === type)
  return (
    <Page
      title={info === undefined ? t.title : metricName(info)}
      back={['/app/add', t.title]}
      missing={answer.value !== undefined && info === undefined ? type : undefined}
    >
      <Shown answer={answer}>{() => info !== undefined && <MetricForm info={info} />}</Shown>
    </Page>
  )
}
