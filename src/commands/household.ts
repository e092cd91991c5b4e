import { randomBytes } from 'node:crypto'
import { systemCaller } from '../kernel/context.ts'
import { demoPeople, forgetDemoPerson, noteDemoPerson } from '../kernel/demoPeople.ts'
import { newId } from '../kernel/ids.ts'
import { erasePerson } from '../kernel/personal.ts'
import type { Platform } from '../kernel/platform.ts'
import type { Caller } from '../kernel/principal.ts'
import type { DemoPerson } from '../kernel/service.ts'
import { auth } from '../services/auth/contract.ts'
import { userProfile } from '../services/user-profile/contract.ts'

/** Who lives in the demo household. Asha keeps the records of her father and her daughter; Kiran has an account of his own. */
const PEOPLE = [
  {
    key: 'asha',
    name: 'Asha (demo)',
    birthDate: '1984-03-12',
    sexAtBirth: 'female',
    heightCm: 163,
    weightKg: 68,
    keeper: 'asha',
    relationship: 'self',
  },
  {
    key: 'kiran',
    name: 'Kiran (demo)',
    birthDate: '1981-11-02',
    sexAtBirth: 'male',
    heightCm: 178,
    weightKg: 84,
    keeper: 'kiran',
    relationship: 'self',
  },
  {
    key: 'ravi',
    name: 'Ravi (demo)',
    birthDate: '1951-06-30',
    sexAtBirth: 'male',
    heightCm: 170,
    weightKg: 77,
    keeper: 'asha',
    relationship: 'parent',
  },
  {
    key: 'meera',
    name: 'Meera (demo)',
    birthDate: '2016-09-18',
    sexAtBirth: 'female',
    heightCm: 134,
    weightKg: 29,
    keeper: 'asha',
    relationship: 'child',
  },
] as const

type Resident = (typeof PEOPLE)[number]

/** The sign-in that the demo link hands out; made anew each time the household is. */
export interface DemoSignIn {
  readonly email: string
  readonly password: string
}

export interface Household {
  readonly signIn: DemoSignIn
  readonly rows: number
  readonly people: readonly { readonly key: string; readonly personId: string }[]
}

const SEED = 20_260_101

/**
 * Makes the demo household afresh: an existing one is removed first. All services must run in `platform`.
 * The data is synthetic and the same every time, ending on the day of `platform`'s clock.
 */
export async function createHousehold(platform: Platform): Promise<Household> {
  await removeHousehold(platform)
  const password = randomBytes(12).toString('base64url').concat('a1')
  const email = (resident: Resident) => `${resident.key}@demo.salus.example`
  const ids = new Map<string, string>()
  for (const person of PEOPLE) {
    const personId =
      person.keeper === person.key
        ? await createDemoAccount(platform, email(person), password, person.name)
        : await createProfile(platform, ids.get(person.keeper) as string, person)
    ids.set(person.key, personId)
    const resident = { personId, accountId: ids.get(person.keeper) as string, key: person.key }
    await noteDemoPerson(platform.systemPool, resident, platform.options.clock.now())
  }
  let rows = 0
  for (const [index, resident] of PEOPLE.entries()) rows += await seedPerson(platform, resident, ids, index)
  const people = [...ids].map(([key, personId]) => ({ key, personId }))
  return { signIn: { email: email(PEOPLE[0]), password }, rows, people }
}

async function createDemoAccount(platform: Platform, email: string, password: string, name: string): Promise<string> {
  const made = await call(
    platform,
    auth.operations.register,
    { email, password, full_name: name },
    systemCaller(newId()),
  )
  const { id } = (made as { user: { id: string } }).user
  await call(platform, auth.operations.markDemo, { account_id: id }, systemCaller(newId()))
  await platform.settle()
  return id
}

async function createProfile(platform: Platform, accountId: string, resident: Resident): Promise<string> {
  const input = { display_name: resident.name, relationship: resident.relationship, date_of_birth: resident.birthDate }
  const made = await call(platform, userProfile.operations.createProfile, input, accountCaller(accountId))
  return (made as { id: string }).id
}

/** Calls an operation with values that the door itself validates. */
function call(
  platform: Platform,
  operation: Parameters<Platform['door']['call']>[0],
  input: object,
  caller: Caller,
): Promise<unknown> {
  return platform.door.call(operation, input, caller)
}

function accountCaller(accountId: string): Caller {
  return {
    ...systemCaller(newId(), accountId),
    origin: 'service',
    principal: {
      accountId,
      roles: ['patient'],
      scopes: ['*'],
      method: 'session',
      seq: 0,
      sessionId: null,
      subject: accountId,
      claims: {},
      isDemo: true,
    },
  }
}

async function seedPerson(
  platform: Platform,
  resident: Resident,
  ids: ReadonlyMap<string, string>,
  index: number,
): Promise<number> {
  const personId = ids.get(resident.key) as string
  const accountId = ids.get(resident.keeper) as string
  const person: DemoPerson = {
    personId,
    accountId,
    key: resident.key,
    displayName: resident.name,
    birthDate: resident.birthDate,
    sexAtBirth: resident.sexAtBirth,
    heightCm: resident.heightCm,
    weightKg: resident.weightKg,
    seed: SEED + index,
    today: platform.options.clock.now().toISOString().slice(0, 10),
  }
  let rows = 0
  for (const service of platform.options.services) {
    if (service.demo === undefined) continue
    const context = platform.contextFor(service.contract.name, { ...accountCaller(accountId), personId })
    rows += await service.demo.seed(context, person)
    await platform.settle()
  }
  return rows
}

/** Rows removed with the household, by table; empty when there was none. */
export type Receipt = Readonly<Record<string, number>>

/** Removes everybody of the demo household, everything about them, and says how much that was. */
export async function removeHousehold(platform: Platform): Promise<Receipt> {
  const receipt: Record<string, number> = {}
  const contextOf = (service: string, id: string) => platform.systemContext(service, id)
  for (const { personId } of await demoPeople(platform.systemPool)) {
    const counts = await erasePerson(platform.options.services, contextOf, platform, personId)
    for (const [table, count] of Object.entries(counts)) receipt[table] = (receipt[table] ?? 0) + count
    await forgetDemoPerson(platform.systemPool, personId)
  }
  return receipt
}
