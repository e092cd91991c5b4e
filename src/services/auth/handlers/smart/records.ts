import type { Operation } from '../../../../kernel/contract.ts'
import { errorFields } from '../../../../kernel/log.ts'
import type { Context } from '../../../../kernel/service.ts'
import { findAccount } from '../../store/accounts.ts'
import { listOpenRecords } from '../../store/smart/flow.ts'

/** A record, and a Patient in it, that an app can be let into. */
export interface RecordChoice {
  readonly personId: string
  readonly patient: string
  readonly isOwn: boolean
  /** Whose record. */
  readonly name: string
  /** What tells the patient from others in it; empty where there is only one. */
  readonly detail: string
}

/** Records that the signed-in person may open: their own, those they keep, those that were shared; with their patients. */
export async function recordChoices(context: Context, accountId: string): Promise<RecordChoice[]> {
  const { db } = context.system('records of several persons, by the rights of the account')
  const [account, others] = await Promise.all([
    findAccount(db, accountId, context.now()),
    listOpenRecords(db, accountId, context.now()),
  ])
  const own = { personId: accountId, name: account?.display_name ?? '', isOwn: true }
  const rest = await Promise.all(
    others.map(async (personId) => ({ personId, name: await nameOf(context, personId), isOwn: false })),
  )
  const choices = await Promise.all([own, ...rest].map((one) => patientsOf(context, accountId, one)))
  return choices.flat()
}

async function patientsOf(
  context: Context,
  accountId: string,
  record: Pick<RecordChoice, 'personId' | 'name' | 'isOwn'>,
): Promise<RecordChoice[]> {
  const operation = provided(context, 'patients')
  const asked = context.asHolder(accountId, record.personId, 'health_records')
  const answer = operation === undefined ? undefined : await quietly(context, () => asked.call(operation, {}))
  const { patients = [] } = (answer ?? {}) as {
    patients?: readonly { id: string; name: string; birth_date: string | null }[]
  }
  // A record without a Patient yet still has one person: the one that it is about.
  if (patients.length === 0) return [{ ...record, patient: record.personId, detail: '' }]
  return patients.map(({ id, name, birth_date }) => ({
    ...record,
    patient: id,
    // What the profile says of the person is named after the record itself.
    detail:
      patients.length === 1 || id === record.personId
        ? ''
        : [name, birth_date ?? ''].filter((part) => part !== '').join(', ') || id,
  }))
}

async function nameOf(context: Context, personId: string): Promise<string> {
  const operation = provided(context, 'facts')
  const answer = operation && (await quietly(context, () => context.call(operation, { person_id: personId })))
  return (answer as { display_name?: string | null } | undefined)?.display_name ?? ''
}

/** An operation of whichever service provides it: this one is needed by them, and can't need them. */
function provided(context: Context, name: 'facts' | 'patients'): Operation | undefined {
  const contract = context.contracts.find((one) => one.provides[name] !== undefined)
  return contract?.operations[contract.provides[name] ?? '']
}

/** A service that is away at the moment costs the page a name, not the page. */
async function quietly(context: Context, work: () => Promise<unknown>): Promise<unknown> {
  try {
    return await work()
  } catch (error) {
    context.log.warn(errorFields(error), 'a record could not be asked for its name or patients')
    return undefined
  }
}
