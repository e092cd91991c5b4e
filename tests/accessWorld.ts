import type { Category, Purpose } from '../src/kernel/contract.ts'

export const CATEGORIES = ['wellness', 'vitals', 'conversations', 'rights'] as const satisfies readonly Category[]
export const PURPOSES = [undefined, 'ai_processing', 'analytics'] as const

/** What the platform should know, kept as plainly as possible. */
export interface Model {
  rights: {
    source: string
    account: string
    person: string
    category: string
    action: 'read' | 'write'
    until: number
  }[]
  consents: { person: string; category: string; purpose: string; until: number }[]
  holds: { person: string; kind: 'erasure' | 'restriction' }[]
}

/** May this account do this with this person's record, for this purpose? */
export interface Question {
  readonly account: string
  readonly person: string
  readonly category: Category
  readonly action: 'read' | 'write'
  readonly purpose: Purpose | undefined
}

/** The plain answer. */
export function modelSays(
  model: Model,
  { account, person, category, action, purpose }: Question,
  now: number,
): boolean {
  const isForeign = account !== person
  const isHeld = (kind: string) => model.holds.some((hold) => hold.person === person && hold.kind === kind)
  const hasRight = model.rights.some(
    (right) =>
      right.account === account &&
      right.person === person &&
      (right.category === category || right.category === '*') &&
      (right.action === action || right.action === 'write') &&
      right.until > now,
  )
  if (isForeign && !hasRight) return false
  if (category !== 'rights' && isHeld('erasure')) return false
  if (category !== 'rights' && isHeld('restriction') && (isForeign || purpose !== undefined)) return false
  const consents = model.consents.filter((one) => one.person === person && one.category === category)
  return purpose === undefined || consents.some((one) => one.purpose === purpose && one.until > now)
}

/** In a record of one's own the door asks nothing; there the rows are hidden instead. */
export function isOwnAndHeld(model: Model, { account, person, purpose }: Question): boolean {
  return (
    account === person &&
    purpose === undefined &&
    model.holds.some((hold) => hold.person === person && hold.kind === 'erasure')
  )
}

/** Some questions about every account and person. */
export function questions(
  world: { readonly accounts: readonly string[]; readonly people: readonly string[] },
  pick: number,
): Question[] {
  return world.accounts.flatMap((account, a) =>
    world.people.flatMap((person, p) =>
      CATEGORIES.flatMap((category, c) => {
        const purpose = PURPOSES[(a + p + c + pick) % 3]
        const action = (a + c + pick) % 2 === 0 ? ('read' as const) : ('write' as const)
        // Nothing can be consented to in the last two.
        return [{ account, person, category, action, purpose: c < 2 ? purpose : undefined }]
      }),
    ),
  )
}
