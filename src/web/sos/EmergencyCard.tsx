import type { Answer } from '../client/cache.ts'
import { ago, day } from '../format.ts'
import { Skeleton } from '../parts/Page.tsx'
import type { Card } from './card.ts'
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
  const list = (items: readonly string[] | undefined) =>
    items === undefined ? t.notSaid : items.length === 0 ? t.none : items.join(', ')
  const facts = [
    [t.blood, card.blood ?? t.notSaid],
    [t.allergies, list(card.allergies)],
    [t.conditions, list(card.conditions)],
    [t.medicines, list(card.medicines)],
    [t.born, card.born === undefined ? t.notSaid : day(card.born)],
  ] as const
  return (
    <section class="card sos-card">
      <h2 dir="auto">{card.name === undefined ? t.card : t.cardOf(card.name)}</h2>
      <dl>
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd dir="auto">{value}</dd>
          </div>
        ))}
      </dl>
      <p class="soft">{t.asOf(ago(new Date(answer.asOf ?? Date.now()).toISOString()))}</p>
    </section>
  )
}
