import type { Answer } from '../client/cache.ts'
import { ago, apart, day, listed } from '../format.ts'
import { Skeleton } from '../parts/Page.tsx'
import { detailWords } from '../texts/serverWords.ts'
import type { Card, CardPart } from './card.ts'
import { sosTexts } from './texts.ts'

interface EmergencyCardProps {
  readonly card: Card | undefined
  /** Undefined where nobody is signed in. */
  readonly answer: Answer<unknown> | undefined
}

/** What a helper needs to know. What nobody said is said to be unknown, never left out. */
export function EmergencyCard({ card, answer }: EmergencyCardProps) {
  const t = sosTexts()
  if (answer === undefined) return <p class="soft">{t.signedOut}</p>
  if (card === undefined) return answer.problem === undefined ? <Skeleton /> : <p class="notice">{t.noCard}</p>
  const facts = [
    [t.blood, card.blood_group?.value ?? t.notSaid],
    [t.allergies, wordsOf(card.allergies)],
    [t.conditions, wordsOf(card.conditions)],
    [t.medicines, wordsOf(card.medications)],
    [t.born, card.birth_date === null ? t.notSaid : day(card.birth_date)],
    ...(card.notes === null ? [] : [[t.notes, card.notes] as const]),
  ] as const
  return (
    <section class="card sos-card">
      <h2 dir="auto">{card.name === null ? t.card : t.cardOf(card.name)}</h2>
      <dl>
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd dir="auto">{value}</dd>
          </div>
        ))}
      </dl>
      {card.unread.length > 0 && <p class="notice">{t.incomplete}</p>}
      <p class="soft">{t.asOf(ago(card.made_at))}</p>
    </section>
  )
}

/** What a part says: its lines with their details, that there are none, or that nobody said. */
function wordsOf({ state, lines }: CardPart): string {
  const t = sosTexts()
  if (state !== 'listed') return state === 'none' ? t.none : t.notSaid
  return listed(lines.map(({ text, detail }) => apart(detail === null ? text : `${text} (${detailWords(detail)})`)))
}
