import { useQuery } from '../../../web/client/cache.ts'
import { shortDay } from '../../../web/format.ts'
import { Empty, Page, Shown } from '../../../web/parts/Page.tsx'
import { Link } from '../../../web/router.tsx'
import { type Course, coursesOf, labText, lookOf, placesOf, rangeOfLab } from './courses.ts'
import { listBiomarkers, listLabs, retestSchedule } from './endpoints.ts'
import { labsTexts } from './labTexts.ts'
import { Retests } from './Retests.tsx'
import { Spark } from './Spark.tsx'
import { recordsTexts } from './texts.ts'

/** From how many results the courses are drawn. */
const DRAWN_FROM = 500

/** The newest of every test: out of range first, then by panel, each against the range of its own report. */
export function LabsPage() {
  const t = labsTexts()
  const newest = useQuery(listBiomarkers, {})
  const results = useQuery(listLabs, { size: DRAWN_FROM })
  const retests = useQuery(retestSchedule, {})
  const answer = { ...newest, ...(results.value === undefined ? { value: undefined } : {}) }
  return (
    <Page
      title={t.title}
      lead={t.lead}
      back={['/app/records', recordsTexts().title]}
      aside={
        <Link to="/app/records/add/labs" class="button quiet">
          {t.addOne}
        </Link>
      }
    >
      <Shown answer={answer as typeof newest}>
        {({ items }) => {
          const courses = coursesOf(items, results.value?.items ?? [])
          return courses.length === 0 ? (
            <Empty
              text={t.empty}
              action={
                <Link to="/app/records/add" class="button">
                  {t.addFirst}
                </Link>
              }
            />
          ) : (
            <>
              <Panels courses={courses} />
              {(results.value?.total ?? 0) > DRAWN_FROM && <p class="soft">{t.cut(DRAWN_FROM)}</p>}
            </>
          )
        }}
      </Shown>
      {retests.value !== undefined && <Retests items={retests.value.items} note={retests.value.note} />}
    </Page>
  )
}

function Panels({ courses }: { readonly courses: readonly Course[] }) {
  const t = labsTexts()
  const outside = courses.filter(({ latest }) => latest.abnormal)
  const panels = new Map<keyof typeof t.categories, Course[]>()
  for (const course of courses) {
    if (course.latest.abnormal) continue
    panels.set(course.category, [...(panels.get(course.category) ?? []), course])
  }
  return (
    <>
      {outside.length > 0 && <Panel title={t.outOfRange} courses={outside} />}
      {[...panels].map(([category, some]) => (
        <Panel key={category} title={t.categories[category]} courses={some} />
      ))}
    </>
  )
}

function Panel({ title, courses }: { readonly title: string; readonly courses: readonly Course[] }) {
  return (
    <section>
      <h2>{title}</h2>
      <ul class="rows card courses labs">
        {courses.map((course) => (
          <Row key={course.key} course={course} />
        ))}
      </ul>
    </section>
  )
}

function Row({ course }: { readonly course: Course }) {
  const t = labsTexts()
  const { latest, label, to, labs } = course
  const range = rangeOfLab(latest)
  const places = placesOf(labs)
  return (
    <li>
      <Link to={to} class="course">
        <span class="grow">
          <strong dir="auto">{label}</strong>
          <small class="soft">
            {shortDay(latest.test_date)} · {range === '' ? t.noRange : t.range(range)}
          </small>
        </span>
        {places.length > 1 && (
          <span class="gauge">
            <Spark places={places} label={t.spark(places.length, label)} />
          </span>
        )}
        <span class="end">
          <bdi class="tabular">{labText(latest)}</bdi>
          <span class={`tag ${lookOf(latest)}`}>{t.standing[latest.interpretation]}</span>
        </span>
      </Link>
    </li>
  )
}
