import type { Transaction } from '../../../../kernel/database.ts'
import type { Context } from '../../../../kernel/service.ts'
import { type ArrivedItem, type Lying, planChanges, type Withdrawal } from '../../domain/changes.ts'
import type { ImportedFile, ImportedItem } from '../../domain/imported.ts'
import { judgeLab } from '../../domain/labs/judge.ts'
import { knownItems, writeChanges } from '../../store/imports.ts'
import { type LabFacts, personAt } from '../labs/common.ts'
import { inSlices, statedOf } from './accept.ts'

/** What a file or hospital brings, before it is compared with what the person has. */
export interface Arrivals {
  readonly arrived: readonly ArrivedItem[]
  readonly withdrawn: readonly Withdrawal[]
}

const NOWHERE: Lying = { origin: null, digest: null }

/**
 * Each item once, with what should be looked at; the last that is said of one thing goes.
 * @param lies where the resource of a reference (`Type/id`) lies; nowhere for what a file brings
 */
export async function arrivalsOf(
  context: Context,
  { items, places, withdrawn }: Pick<ImportedFile, 'items' | 'places' | 'withdrawn'>,
  facts: LabFacts,
  lies: (reference: string) => Lying = () => NOWHERE,
): Promise<Arrivals> {
  const byKey = new Map(items.map((item) => [`${item.kind}|${item.key}`, item]))
  const arrived = await inSlices([...byKey], ([name, item]) => {
    const place = places[name]
    return {
      id: context.newId(),
      kind: item.kind,
      key: item.key,
      part: place?.part ?? item.kind,
      ...(place === undefined ? NOWHERE : lies(place.reference)),
      content: item,
      doubts: doubtsOf(item, facts),
    }
  })
  return {
    arrived,
    withdrawn: withdrawn.flatMap(({ kind, key, reference }) => {
      const { origin } = reference === null ? NOWHERE : lies(reference)
      // Where a hospital withdraws a resource, everything of it goes by where it lies.
      return origin === null && key === null ? [] : [{ origin, kind, key }]
    }),
  }
}

/** Keeps what is new, and what changed beside what was taken; how much waits because of it. */
export async function keepArrivals(
  context: Context,
  transaction: Transaction,
  importId: string,
  { arrived, withdrawn }: Arrivals,
): Promise<number> {
  const things = [
    ...arrived,
    ...withdrawn.flatMap(({ kind, key }) => (kind === null || key === null ? [] : [{ kind, key }])),
  ]
  const known = await knownItems(transaction, context.personId, {
    origins: [...new Set([...arrived, ...withdrawn].flatMap(({ origin }) => (origin === null ? [] : [origin])))],
    kinds: things.map(({ kind }) => kind),
    keys: things.map(({ key }) => key),
  })
  const plan = planChanges(known, arrived, withdrawn, () => context.newId())
  return writeChanges(transaction, context.personId, importId, plan)
}

function doubtsOf(item: ImportedItem, facts: LabFacts): string[] {
  if (item.kind !== 'lab') return []
  const at = item.observedAt === null ? undefined : new Date(item.observedAt)
  const judged = judgeLab(statedOf(item), personAt(facts, at ?? new Date(0)))
  return [
    ...('fault' in judged ? [`${judged.fault.field} ${judged.fault.detail}`] : []),
    ...('lab' in judged && judged.lab.analyte === null
      ? ['the test is not known here, so it is not compared with others']
      : []),
    ...(at === undefined ? ['the file says no date'] : []),
    ...(item.status === 'preliminary' ? ['the result is preliminary'] : []),
  ]
}
