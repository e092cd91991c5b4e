import { auditBoard, openRecords } from '../../../../kernel/openRecords.ts'
import type { Context } from '../../../../kernel/service.ts'
import { peopleOf } from '../../store/find.ts'
import { schedule } from '../labs/read.ts'

/**
 * What is to be tested again, of everybody: each as their own page of results says it, read with the account's right to
 * their record. Fifty people at most; one after the other, so that a board takes no more of the platform than a page does.
 */
export async function retestBoard(context: Context) {
  const people = await peopleOf(
    context.system('several people at once, each by the right to their record').db,
    openRecords(context, 'health_records'),
  )
  auditBoard(context, people)
  const items = []
  for (const { person_id } of people) {
    const tests = await schedule(context.asHolder(context.accountId, person_id, 'health_records'))
    const due = tests.filter(({ status }) => status === 'overdue' || status === 'due_soon')
    const [next] = due
      .flatMap(({ label, dueOn }) => (dueOn === undefined ? [] : [{ label, due_on: dueOn }]))
      .sort((left, right) => left.due_on.localeCompare(right.due_on))
    const overdue = due.filter(({ status }) => status === 'overdue').length
    items.push({ person_id, overdue, due_soon: due.length - overdue, next: next ?? null })
  }
  return { items }
}
