import { PlatformError } from '../../../kernel/errors.ts'
import { escapeHtml } from '../../../kernel/http/html.ts'
import type { Reader } from '../../../kernel/http/reader.ts'
import { errorFields } from '../../../kernel/log.ts'
import type { Context } from '../../../kernel/service.ts'
import { type ChosenManner, NOTHING_CHOSEN } from '../../../shared/chosenManner.ts'
import { addDays, localDay } from '../../../shared/dates.ts'
import { rangeWords, shortDayWords } from '../../../shared/dayWords.ts'
import { healthTracking } from '../../health-tracking/contract.ts'
import { userProfile } from '../../user-profile/contract.ts'
import { COURSE_TYPES, type Course, courseDays, coursesOf, type Days, drawing, viewBox } from '../domain/courses.ts'
import type { LinkRow } from '../store/links.ts'
import { linkTexts } from '../texts/texts.ts'

const OPENED_BY = ['vitals', 'devices']

/** What of 90 days a page draws; `isAway` where it can't be read now. */
export interface FoundCourses {
  readonly days: { readonly from: string; readonly until: string }
  readonly found: readonly Days[]
  readonly isAway: boolean
}

/**
 * Values of the days that the link opens, 90 at most, asked for as its holder: of what was entered where it opens vital signs, of
 * what devices measured where it opens devices. Undefined where it opens neither, or none of these days.
 */
export async function courses(context: Context, link: LinkRow): Promise<FoundCourses | undefined> {
  const category = OPENED_BY.find((one) => link.categories.includes(one))
  const { zone } = link
  const days = courseDays(link, localDay(context.now(), zone), (day, back) => addDays(day, -back))
  if (category === undefined || days === undefined) return undefined
  const holder = context.asHolder(link.id, link.user_id, category)
  try {
    const asked = { metric_types: [...COURSE_TYPES], ...days, zone }
    const { dayCourses, deviceCourses } = healthTracking.operations
    const { courses: found } = await holder.call(category === 'vitals' ? dayCourses : deviceCourses, asked)
    return { days, found, isAway: false }
  } catch (error) {
    if (!(error instanceof PlatformError)) throw error
    if (error.status < 500) return undefined
    context.log.warn(errorFields(error), 'the courses of a shared page are missing')
    return { days, found: [], isAway: true }
  }
}

/** The units and dates that the person chose; none while their profile can't be asked. They say how values are written, nothing else. */
export async function unitsOfOwner(context: Context, link: LinkRow): Promise<ChosenManner> {
  try {
    return await context.call(userProfile.operations.facts, { person_id: link.user_id })
  } catch (error) {
    context.log.warn(errorFields(error), 'the units of a shared page are the ones that values are kept in')
    return NOTHING_CHOSEN
  }
}

/** Small pictures of 90 days, each with the same in words; nothing where there is nothing to draw. */
export function coursesSection(reader: Reader, given: FoundCourses | undefined, units: ChosenManner): string {
  if (given === undefined) return ''
  const { days, found, isAway } = given
  const { courses: t } = linkTexts(reader.language)
  const shown = coursesOf(found, units)
  if (shown.length === 0 && !isAway) return ''
  const tiles = shown.map((course) => `<li>${tile(reader, course, days)}</li>`)
  const period = escapeHtml(t.period(rangeWords(reader.language, days.from, days.until)))
  const body = isAway ? `<p class="error" role="alert">${t.away}</p>` : `<ul class="courses">${tiles.join('')}</ul>`
  return `<section class="card"><h3>${t.title}</h3><p class="soft">${period}</p>${body}</section>`
}

function tile({ language }: Reader, course: Course, days: FoundCourses['days']): string {
  const { courses: t } = linkTexts(language)
  const { lines, unit, count } = course
  const newest = lines.map((line) => line.newest).join('/')
  const day = lines[0]?.points.at(-1)?.day ?? days.until
  const ranges = lines.map((line, index) => {
    const part = lines.length > 1 ? `${index === 0 ? t.systolic : t.diastolic} ` : ''
    return `${part}${t.between(line.lowest, line.highest)}`
  })
  const words = [...ranges, t.days(count)].join(t.comma)
  const ends = [days.from, days.until].map((one) => `<bdi>${escapeHtml(shortDayWords(language, one))}</bdi>`)
  return `<h4>${t.names[course.name]}</h4><p><strong><bdi>${escapeHtml(newest)}</bdi></strong> <bdi>${escapeHtml(unit)}</bdi> <span class="soft">${escapeHtml(t.newest(shortDayWords(language, day)))}</span></p>
<div dir="ltr" aria-hidden="true"><svg viewBox="${viewBox}" role="presentation">${drawing(course, days)}</svg><p class="ends soft">${ends.join('')}</p></div><p class="soft">${escapeHtml(words)}</p>`
}
