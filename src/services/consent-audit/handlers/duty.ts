import type { InputOf } from '../../../kernel/contract.ts'
import { decryptedText, encryptedText } from '../../../kernel/encryption.ts'
import { fieldError, notFound, PlatformError } from '../../../kernel/errors.ts'
import type { Context } from '../../../kernel/service.ts'
import { userProfile } from '../../user-profile/contract.ts'
import { LONGEST_DUTY_HOURS } from '../contract/duty.ts'
import type { consentAudit } from '../contract.ts'
import * as store from '../store/duty.ts'
import { HANDOVER } from '../store/personal.ts'
import { futureField } from './times.ts'

type Operations = typeof consentAudit.operations

const HOUR_MS = 3_600_000

export const dutyHandlers = { listDuties, takeDuty, endDuty, writeHandover }

const everybody = (context: Context) => context.system('several people at once, each by the right to their alarms')

async function listDuties(context: Context) {
  const rows = await store.dutiesOf(everybody(context).db, context.accountId, context.now())
  const names = await namesOf(context, rows)
  return { items: await Promise.all(rows.map((row) => viewOf(context, row, names))) }
}

async function takeDuty(context: Context, { person_id, until }: InputOf<Operations['takeDuty']>) {
  const now = context.now()
  const at = futureField('until', until, now, 2)
  if (at.getTime() > now.getTime() + LONGEST_DUTY_HOURS * HOUR_MS) {
    throw fieldError('until', `may lie at most ${LONGEST_DUTY_HOURS} hours ahead`)
  }
  await assertMayWatch(context, person_id)
  const duty = { userId: person_id, accountId: context.accountId, until: at }
  await everybody(context).transact((transaction) => store.writeDuty(transaction, duty, now))
  context.audit({ action: 'duty_taken', personId: person_id })
  return standingOf(context, person_id)
}

async function endDuty(context: Context, { person_id, note }: InputOf<Operations['endDuty']>) {
  await assertMayWatch(context, person_id)
  const sealed = await sealedNote(context, person_id, note ?? null)
  const [author, now] = [context.accountId, context.now()]
  await everybody(context).transact(async (transaction) => {
    if (!(await store.endDuty(transaction, person_id, author, now))) {
      throw new PlatformError('conflict', 'You are not on duty for this person')
    }
    if (sealed !== null) await store.writeNote(transaction, { userId: person_id, author, note: sealed }, now)
  })
  context.audit({ action: 'duty_ended', personId: person_id })
  return standingOf(context, person_id)
}

async function writeHandover(context: Context, { person_id, note }: InputOf<Operations['writeHandover']>) {
  await assertMayWatch(context, person_id)
  const sealed = await sealedNote(context, person_id, note)
  const written = { userId: person_id, author: context.accountId, note: sealed }
  const now = context.now()
  await everybody(context).transact((transaction) => store.writeNote(transaction, written, now))
  context.audit({ action: 'handover_written', personId: person_id })
  return standingOf(context, person_id)
}

/** A record that is not open is not there; one whose alarms are closed is watched over by others. */
async function assertMayWatch(context: Context, personId: string): Promise<void> {
  const verdict = await store.mayWatch(everybody(context).db, context.accountId, personId, context.now())
  if (verdict === 'yes') return
  if (verdict === 'unknown' && personId !== context.accountId) throw notFound('Person')
  throw new PlatformError('forbidden', 'Only somebody who was let in to see the measurements is on duty')
}

const sealedNote = ({ ports }: Context, personId: string, note: string | null) =>
  encryptedText({ personId, ports }, HANDOVER, note)

async function standingOf(context: Context, personId: string) {
  const { items } = await listDuties(context)
  const found = items.find((one) => one.person_id === personId)
  if (found === undefined) throw notFound('Person')
  return found
}

async function namesOf(context: Context, rows: readonly store.DutyRow[]) {
  const person_ids = [...new Set(rows.flatMap(({ account_id, author }) => [account_id, author]))].filter(
    (one) => one !== null,
  )
  if (person_ids.length === 0) return new Map<string, string | null>()
  const { names } = await context.call(userProfile.operations.displayNames, { person_ids })
  return new Map(names.map((one) => [one.person_id, one.display_name]))
}

async function viewOf({ ports, accountId }: Context, row: store.DutyRow, names: ReadonlyMap<string, string | null>) {
  const { person_id, account_id, since, until, author, written_at } = row
  const nameOf = (id: string | null) => ({
    name: id === null ? null : (names.get(id) ?? null),
    is_you: id === accountId,
  })
  const text = await decryptedText({ personId: person_id, ports }, HANDOVER, row.note)
  return {
    person_id,
    on_duty:
      since === null || until === null
        ? null
        : { ...nameOf(account_id), since: since.toISOString(), until: until.toISOString() },
    note:
      text === null || written_at === null ? null : { text, ...nameOf(author), written_at: written_at.toISOString() },
  }
}
