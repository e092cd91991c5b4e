import { refresh, useQuery } from '../../../web/client/cache.ts'
import { call } from '../../../web/client/endpoint.ts'
import { ago, dayAndClock } from '../../../web/format.ts'
import { Icon } from '../../../web/parts/Icon.tsx'
import { Empty, Page, Shown } from '../../../web/parts/Page.tsx'
import { complain, say } from '../../../web/parts/Toast.tsx'
import { Link } from '../../../web/router.tsx'
import { texts } from '../../../web/texts/catalogue.ts'
import { recordTexts } from '../../../web/texts/record.ts'
import { deleteSymptom, listSymptoms, recordSymptom } from './endpoints.ts'
import { graveness, type Symptom, words } from './words.ts'

/** The diary of symptoms, newest first. */
export function SymptomsPage() {
  const t = recordTexts().symptoms
  const answer = useQuery(listSymptoms, { limit: 100 })
  const add = (
    <Link to="/app/add/symptom" class="button">
      {t.add}
    </Link>
  )
  return (
    <Page
      title={t.title}
      lead={t.lead}
      back={['/app/more', texts().nav.more]}
      aside={answer.value?.items.length ? add : undefined}
    >
      <Shown answer={answer}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty text={t.empty} action={add} />
          ) : (
            <ul class="rows card">
              {items.map((one) => (
                <Entry key={one.id} symptom={one} />
              ))}
            </ul>
          )
        }
      </Shown>
    </Page>
  )
}

function Entry({ symptom }: { readonly symptom: Symptom }) {
  const t = recordTexts()
  const { id, symptom_name, symptom_category, severity_level, start_time, description } = symptom
  const remove = async () => {
    await call(deleteSymptom, { id })
    refresh()
    say(t.symptoms.removed(symptom_name), async () => {
      const again = { symptom_name, symptom_category, severity_level, start_time, description }
      await call(recordSymptom, again)
      refresh()
    })
  }
  return (
    <li>
      <span class="grow">
        <strong dir="auto">{symptom_name}</strong>
        <small class="soft" title={dayAndClock(start_time)}>
          {t.symptoms.categories[symptom_category]} · {ago(start_time)}
        </small>
        <span class={`tag ${graveness(symptom.severity_ordinal - 1)}`}>
          {severity_level === null ? words(symptom.severity) : `${words(symptom.severity)} · ${severity_level}/10`}
        </span>
        {description !== null && <small dir="auto">{description}</small>}
      </span>
      <button
        type="button"
        class="plain"
        aria-label={texts().form.removeOne(symptom_name)}
        onClick={() => remove().catch(complain)}
      >
        <Icon name="close" size={18} />
      </button>
    </li>
  )
}
