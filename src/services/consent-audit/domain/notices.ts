import { type Language, LOCALES } from '../../../shared/languages.ts'
import type { Category, Purpose, Recipient } from '../contract/words.ts'
import { consentTexts } from '../texts/texts.ts'

/** What is shown before somebody consents. A changed text is a new version; old versions stay readable. */
export interface Notice {
  readonly id: string
  readonly version: number
  readonly language: string
  readonly title: string
  /** What data, one item a line. */
  readonly items: readonly string[]
  readonly purpose: string
  /** What is done with it, in particular. */
  readonly uses: readonly string[]
  readonly withdraw: string
  readonly rights: string
  readonly complain: string
  /** The same for programs: the calls that do what the sentences say, and the pages for people. */
  readonly calls: typeof NOTICE_CALLS
  readonly pages: typeof NOTICE_PAGES
}

export const NOTICE_VERSION = 2

const NOTICE_CALLS = {
  withdraw: 'POST /api/v1/consent/revoke',
  rights: '/api/v1/my-data',
  nominee: '/api/v1/my-data/nominee',
  complain: 'POST /api/v1/my-data/grievances',
} as const
const NOTICE_PAGES = { withdraw: '/app/consents', rights: '/app/my-data' } as const

/** Id of the notice of a cell: `medications.reminder.self`. */
export function noticeId(cell: { category: string; purpose: string; recipient: string }): string {
  return `${cell.category}.${cell.purpose}.${cell.recipient}`
}

/** A category in the words of a notice, in one line. */
export function categoryWords(category: string, language: Language): string {
  return new Intl.ListFormat(LOCALES[language]).format(consentTexts(language).categories[category] ?? [category])
}

/** The itemised notice for one cell, understandable without any other document. */
export function noticeFor(
  cell: { category: Category; purpose: Purpose; recipient: Recipient },
  language: Language = 'en',
): Notice {
  const { notice: t, ...words } = consentTexts(language)
  const [purpose = '', use = ''] = words.purposes[cell.purpose] ?? []
  const items = words.categories[cell.category] ?? []
  const recipient = words.recipients[cell.recipient] ?? cell.recipient
  return {
    id: noticeId(cell),
    version: NOTICE_VERSION,
    language,
    title: t.title(categoryWords(cell.category, language), purpose),
    items: items.map((item) => item.replace(/^your /, '')),
    purpose: t.purpose(purpose, recipient),
    uses: [use, t.nothingElse],
    withdraw: t.withdraw,
    rights: t.rights,
    complain: t.complain,
    calls: NOTICE_CALLS,
    pages: NOTICE_PAGES,
  }
}
