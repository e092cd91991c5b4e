import { escapeHtml } from '../../../kernel/http/html.ts'
import type { Reader } from '../../../kernel/http/reader.ts'
import { type ChosenManner, chosenTimeWords, inChosenUnit, unitWritten } from '../../../shared/chosenManner.ts'
import type { Language } from '../../../shared/languages.ts'
import { isMetricType } from '../../../shared/metrics.ts'
import { codeIn, partWords, recordWord } from '../../../shared/recordWords.ts'
import type { ReadablePart, ReadableRow, ReadableSection } from '../domain/summary.ts'
import { linkTexts } from '../texts/texts.ts'

/** A section of a summary as a table, in the language of the reader and the units of the person. What others wrote stays as it is. */
export function section(reader: Reader, part: ReadableSection, manner: ChosenManner): string {
  const { language } = reader
  const { summary: t } = linkTexts(language)
  const { rows } = part
  const own = language === 'en' ? undefined : recordWord(language, part.code)
  const title = escapeHtml(own ?? part.title)
  const isRanged = rows.some((row) => row.range !== '' || row.verdict !== '')
  const columns = [t.what, t.value, ...(isRanged ? [t.range] : []), t.date]
  const head = columns.map((one) => `<th scope="col">${one}</th>`).join('')
  const body =
    rows.length === 0
      ? `<p class="soft">${t.nothing}</p>`
      : `<div class="scroll" tabindex="0" role="region" aria-label="${title}"><table><thead><tr>${head}</tr></thead><tbody>${rows.map((row) => line(language, row, isRanged, manner)).join('')}</tbody></table></div>`
  return `<section class="card"><h3 dir="auto">${title}</h3>${body}</section>`
}

function line(language: Language, row: ReadableRow, isRanged: boolean, manner: ChosenManner): string {
  const { verdicts } = linkTexts(language).summary
  const isOff = row.verdict === 'below' || row.verdict === 'above' || row.verdict === 'flagged'
  const said = verdicts[row.verdict]
  const verdict =
    row.verdict === ''
      ? ''
      : ` <span class="verdict${isOff ? ' high' : ''}">${row.range === '' ? said : `(${said})`}</span>`
  const range = isRanged ? `<td><bdi>${escapeHtml(rangeWords(language, row, manner))}</bdi>${verdict}</td>` : ''
  const what = nameWords(language, row.code, row.what)
  const at = chosenTimeWords(language, row.at, manner, 'cell')
  return `<tr><th scope="row" dir="auto">${escapeHtml(what)}</th><td dir="auto">${escapeHtml(valueWords(language, row, manner))}</td>${range}<td>${escapeHtml(at)}</td></tr>`
}

/** In English as the document names it. */
function nameWords(language: Language, code: string, written: string): string {
  return (language === 'en' || code === '' ? undefined : recordWord(language, code)) ?? written
}

function valueWords(language: Language, { said }: ReadableRow, manner: ChosenManner): string {
  return said
    .map((part) => {
      const name = part.name === undefined ? '' : nameWords(language, part.name.code, part.name.text)
      return [name, partWords(language, part, manner)].filter((one) => one !== '').join(' ')
    })
    .join(language === 'ar' ? '؛ ' : '; ')
}

/** The range in the unit of the value beside it; what the source said in words stays as it is. */
function rangeWords(language: Language, { range, bounds }: ReadableRow, manner: ChosenManner): string {
  if (bounds === undefined) return range
  const [low, high] = [bounds.low, bounds.high].map((one) => (one === undefined ? '' : endWords(one, manner)))
  if (low && high) return `${low} – ${high}`
  return low ? codeIn(language, 'from', low) : codeIn(language, 'up_to', high)
}

function endWords({ text = '', number = 0, unit = '', metric_type = '' }: ReadablePart, manner: ChosenManner): string {
  const own = isMetricType(metric_type) ? inChosenUnit(metric_type, number, unit, manner) : undefined
  return own === undefined ? text : `${own.value} ${unitWritten(own.unit)}`
}
