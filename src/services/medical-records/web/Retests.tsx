import type { OutputOf } from '../../../kernel/contract.ts'
import { saidByServer } from '../../../web/texts/serverWords.ts'
import type { medicalRecords } from '../contract.ts'
import { labsTexts } from './labTexts.ts'
import { partOfDay } from './timeline.ts'

type Item = OutputOf<(typeof medicalRecords)['operations']['retestSchedule']>['items'][number]

const LOOKS = { overdue: 'warn', due_soon: 'warn', ok: '', no_result: '' } as const

/** What is usually tested again, and when; nothing is ordered here. */
export function Retests({ items, note }: { readonly items: readonly Item[]; readonly note: string }) {
  const t = labsTexts()
  if (items.length === 0) return null
  return (
    <section class="card">
      <h2>{t.retest}</h2>
      <p class="soft" {...saidByServer(note)} />
      <ul class="rows">
        {items.map((item) => (
          <li key={item.id}>
            <span class="grow">
              <strong {...saidByServer(item.label)} />
              <small class="soft">
                {[
                  saidByServer(item.reason ?? '').children,
                  item.last_on === null ? '' : t.last(partOfDay(item.last_on)),
                  dueOf(item),
                ]
                  .filter(Boolean)
                  .join(' · ')}
              </small>
            </span>
            <span class={`tag ${LOOKS[item.status]}`}>{t.retestStates[item.status]}</span>
          </li>
        ))}
      </ul>
    </section>
  )
}

function dueOf({ due_on, status }: Item): string {
  return due_on === null || status === 'no_result' ? '' : labsTexts().due(partOfDay(due_on))
}
