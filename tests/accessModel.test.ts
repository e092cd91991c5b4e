import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import fc from 'fast-check'
import { systemCaller } from '../src/kernel/context.ts'
import type { InputOf, Operation, OutputOf, Purpose } from '../src/kernel/contract.ts'
import { PlatformError } from '../src/kernel/errors.ts'
import { newId } from '../src/kernel/ids.ts'
import type { Caller, Principal } from '../src/kernel/principal.ts'
import { sql } from '../src/kernel/sql.ts'
import { consentAudit } from '../src/services/consent-audit/contract.ts'
import { userProfile } from '../src/services/user-profile/contract.ts'
import { openTestPlatform, type TestPlatform } from '../src/testing.ts'
import { isOwnAndHeld, type Model, modelSays, PURPOSES, type Question, questions } from './accessWorld.ts'

const HOUR_MS = 3_600_000

const step = fc.record({
  what: fc.constantFrom(
    'grant',
    'grant',
    'grant',
    'revoke',
    'narrow',
    'leave',
    'glass',
    'closeGlass',
    'wait',
    'keep',
    'letGo',
    'consent',
    'consent',
    'withdraw',
    'restrict',
    'unrestrict',
    'erase',
    'cancel',
  ),
  who: fc.nat(3),
  whom: fc.nat(4),
  category: fc.nat(3),
  action: fc.constantFrom('read' as const, 'write' as const),
  hours: fc.integer({ min: 1, max: 72 }),
  pick: fc.nat(50),
})
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never

describe('access: the platform and a plain model', () => {
  let platform: TestPlatform
  before(async () => {
    platform = await openTestPlatform()
  })
  after(() => platform.close())

  const principalOf = (accountId: string): Principal => ({
    accountId,
    roles: ['patient', 'clinician'],
    scopes: ['*'],
    method: 'session',
    seq: 1,
    sessionId: null,
    subject: accountId,
    claims: {},
    isDemo: false,
  })
  const callerOf = (accountId: string): Caller => ({
    ...systemCaller(newId()),
    origin: 'request',
    principal: principalOf(accountId),
  })

  async function call<Op extends Operation>(account: string, operation: Op, input: InputOf<Op>, person?: string) {
    const { door } = platform.platformOf(operation.service)
    return (await door.call(operation, input, callerOf(account), person)) as OutputOf<Op>
  }

  /** What the door says, and whether a row shows whatever the door says. */
  async function platformSays(question: Question): Promise<{ door: boolean; rows: boolean }> {
    const { account, person, category, action, purpose } = question
    const home = platform.platformOf('wellness')
    const access = { kind: 'person', category, ...(purpose === undefined ? {} : { purpose }) } as const
    const target = {
      service: 'wellness',
      name: 'asked',
      kind: action === 'read' ? 'query' : 'command',
      access,
    } as const
    const door = await home.door.authorized(target, callerOf(account), person).then(
      () => true,
      (error: unknown) => {
        if (error instanceof PlatformError && ['not_found', 'consent_required', 'forbidden'].includes(error.code))
          return false
        throw error
      },
    )
    const grounds = { category, action, purpose, recipient: purpose === undefined ? undefined : 'self' }
    const { db } = home.contextFor('wellness', { ...callerOf(account), personId: person, grounds })
    const rows = await db.many<{ user_id: string }>(sql`select user_id from wellness.member`)
    assert.ok(rows.every((row) => row.user_id === person))
    return { door, rows: rows.length > 0 }
  }

  class World {
    readonly accounts = [newId(), newId(), newId(), newId()]
    readonly people = [...this.accounts]
    readonly grants: { id: string; owner: string; grantee: string }[] = []
    readonly glasses: { id: string; owner: string }[] = []
    readonly kept: { account: string; person: string }[] = []
    readonly model: Model = { rights: [], consents: [], holds: [] }
  }

  const nowMs = () => platform.clock.now().getTime()

  /** What a step is about, read from its numbers. */
  function aboutOf(world: World, given: Step) {
    const { model } = world
    return {
      given,
      world,
      model,
      who: world.accounts[given.who] as string,
      owner: world.accounts[given.whom % 4] as string,
      category: (['wellness', 'vitals'] as const)[given.category % 2] as 'wellness' | 'vitals',
      until: nowMs() + given.hours * HOUR_MS,
      grant: world.grants[given.pick % Math.max(1, world.grants.length)],
      drop: (id: string) => {
        model.rights = model.rights.filter((right) => right.source !== id)
      },
    }
  }
  type About = ReturnType<typeof aboutOf>

  const ops = consentAudit.operations

  /** Each step, on the platform and in the model. */
  const steps: Readonly<Record<Step['what'], (about: About) => Promise<void>>> = {
    async grant({ given, world, model, who, owner, category, until }) {
      if (who === owner) return
      const input = {
        account_id: who,
        categories: [category],
        access: given.action,
        ends_at: new Date(until).toISOString(),
      }
      const { id } = await call(owner, ops.createGrant, input)
      world.grants.push({ id, owner, grantee: who })
      // Every third invitation is never accepted.
      if (given.pick % 3 === 0) return
      await call(who, ops.acceptGrant, { id })
      model.rights.push({ source: id, account: who, person: owner, category, action: given.action, until })
    },
    async revoke({ grant, drop }) {
      if (grant === undefined) return
      await call(grant.owner, ops.revokeGrant, { id: grant.id })
      drop(grant.id)
    },
    async leave({ grant, drop }) {
      if (grant === undefined) return
      await call(grant.grantee, ops.declineGrant, { id: grant.id })
      drop(grant.id)
    },
    async narrow({ model, until, grant }) {
      const right = model.rights.find((one) => one.source === grant?.id && one.until > until)
      if (grant === undefined || right === undefined) return
      await call(grant.owner, ops.changeGrant, { id: grant.id, ends_at: new Date(until).toISOString() })
      right.until = until
    },
    async glass({ world, model, who, owner }) {
      if (who === owner) return
      const opened = await call(who, ops.breakGlass, { patient_id: owner, reason: 'nobody else could be asked' })
      world.glasses.push({ id: opened.id, owner })
      for (const one of ['wellness', 'vitals']) {
        model.rights.push({
          source: opened.id,
          account: who,
          person: owner,
          category: one,
          action: 'read',
          until: nowMs() + HOUR_MS,
        })
      }
    },
    async closeGlass({ given, world, drop }) {
      const glass = world.glasses[given.pick % Math.max(1, world.glasses.length)]
      if (glass === undefined) return
      await call(glass.owner, ops.endEmergencyAccess, { id: glass.id })
      drop(glass.id)
    },
    async wait({ given }) {
      platform.clock.advance({ hours: given.hours / 4 })
    },
    async keep({ world, model, who }) {
      const made = await call(who, userProfile.operations.createProfile, {
        display_name: 'Kept',
        relationship: 'child',
      })
      world.people.push(made.id)
      world.kept.push({ account: who, person: made.id })
      await addRow(made.id)
      model.rights.push({
        source: made.id,
        account: who,
        person: made.id,
        category: '*',
        action: 'write',
        until: Infinity,
      })
    },
    async letGo({ world, drop }) {
      const kept = world.kept.splice(0, 1)[0]
      if (kept === undefined) return
      await call(kept.account, userProfile.operations.removeProfile, {}, kept.person)
      drop(kept.person)
    },
    async consent({ given, model, owner, category }) {
      const purpose = PURPOSES[1 + (given.pick % 2)] as Purpose
      const same = (one: { person: string; category: string; purpose: string }) =>
        one.person === owner && one.category === category && one.purpose === purpose
      model.consents = model.consents.filter((one) => !same(one))
      await call(owner, ops.grantConsent, {
        data_category: category,
        purpose,
        expires_in_days: 1 + (given.hours % 3),
      })
      model.consents.push({
        person: owner,
        category,
        purpose,
        until: nowMs() + (1 + (given.hours % 3)) * 24 * HOUR_MS,
      })
    },
    async withdraw({ model, owner, category }) {
      await call(owner, ops.revokeConsent, { data_category: category })
      model.consents = model.consents.filter((one) => one.person !== owner || one.category !== category)
    },
    async restrict({ model, owner }) {
      await call(owner, ops.restrict, {})
      model.holds.push({ person: owner, kind: 'restriction' })
    },
    async unrestrict({ model, owner }) {
      await call(owner, ops.unrestrict, {})
      model.holds = model.holds.filter((hold) => hold.person !== owner || hold.kind !== 'restriction')
    },
    async erase({ model, owner }) {
      if (model.holds.some((hold) => hold.person === owner && hold.kind === 'erasure')) return
      await call(owner, ops.eraseMyData, { confirm: true })
      model.holds.push({ person: owner, kind: 'erasure' })
    },
    async cancel({ model, owner }) {
      if (!model.holds.some((hold) => hold.person === owner && hold.kind === 'erasure')) return
      await call(owner, ops.cancelErasure, {})
      model.holds = model.holds.filter((hold) => hold.person !== owner || hold.kind !== 'erasure')
    },
  }

  const take = (world: World, given: Step) => steps[given.what](aboutOf(world, given))

  const addRow = (person: string) =>
    platform.rows('insert into wellness.member (user_id, created_at) values ($1, now())', [person])

  test('never disagree about who may see a row, whatever is granted, withdrawn, waited for, kept or erased', async () => {
    let asked = 0
    let allowed = 0
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 30 }), async (steps) => {
        const world = new World()
        for (const person of world.people) await addRow(person)
        for (const [number, one] of steps.entries()) {
          await take(world, one)
          const wanted = questions(world, one.pick).filter((_question, index) => (index + number) % 7 === 0)
          const all = number === steps.length - 1 ? questions(world, number) : wanted
          for (const question of all) {
            const expected = modelSays(world.model, question, nowMs())
            const { door, rows } = await platformSays(question)
            asked += 1
            if (expected) allowed += 1
            const what = `after ${one.what}: ${JSON.stringify(question)}`
            assert.equal(rows, expected, `rows ${what}`)
            assert.equal(
              door || isOwnAndHeld(world.model, question),
              expected || isOwnAndHeld(world.model, question),
              `door ${what}`,
            )
          }
        }
      }),
      { numRuns: Number(process.env.ACCESS_RUNS ?? 25) },
    )
    assert.ok(asked > 1000 && allowed > asked / 20, `${allowed} of ${asked}`)
  })
})
