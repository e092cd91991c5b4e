import { PlatformError } from '../../../kernel/errors.ts'
import { escapeHtml } from '../../../kernel/http/html.ts'
import type { Reader } from '../../../kernel/http/reader.ts'
import type { Context } from '../../../kernel/service.ts'
import { shownDaysWords } from '../../../shared/dayWords.ts'
import { healthLinks } from '../contract.ts'
import type { LinkRow } from '../store/links.ts'
import { linkTexts } from '../texts/texts.ts'

/** What the person wants to ask: asked for as the holder of the link, none where the health record is not shared. */
export async function questionsOf(context: Context, link: LinkRow): Promise<readonly string[]> {
  if (!link.categories.includes('health_records')) return []
  const holder = context.asHolder(link.id, link.user_id, 'health_records')
  try {
    return (await holder.call(healthLinks.operations.readVisitQuestions, {})).questions
  } catch (error) {
    if (error instanceof PlatformError && (error.code === 'not_found' || error.code === 'gone')) return []
    throw error
  }
}

/** Which days the page shows; nothing where it shows all. */
export function daysLine({ language }: Reader, { from_day: from, until_day: until }: LinkRow): string {
  const { summary: t } = linkTexts(language)
  const line = shownDaysWords(language, from, until, t)
  return line === undefined ? '' : `<p><strong>${escapeHtml(line)}</strong></p>`
}

/** The questions, where there are any. */
export function questionsSection({ language }: Reader, questions: readonly string[]): string {
  if (questions.length === 0) return ''
  const lines = questions.map((one) => `<li><bdi>${escapeHtml(one)}</bdi></li>`)
  return `<section class="card"><h2>${linkTexts(language).summary.questions}</h2><ol>${lines.join('')}</ol></section>`
}

/** What can be done with a summary: take it along as FHIR, print it. */
export function footOf({ language }: Reader, visit: string, patientId: string): string {
  const { summary: t } = linkTexts(language)
  const address = `/shl/d/${visit}?patient=${encodeURIComponent(patientId)}`
  return `<p class="noprint"><a class="button quiet" href="${escapeHtml(address)}">${t.take}</a></p><p class="soft noprint">${t.printing}</p>`
}
