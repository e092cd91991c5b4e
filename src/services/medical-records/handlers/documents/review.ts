import type { InputOf, OutputOf } from '../../../../kernel/contract.ts'
import type { Transaction } from '../../../../kernel/database.ts'
import { fieldError, notFound, PlatformError } from '../../../../kernel/errors.ts'
import type { Context } from '../../../../kernel/service.ts'
import { medicalRecords } from '../../contract.ts'
import { checkPlausible } from '../../domain/analytes/plausible.ts'
import { correctedContent } from '../../domain/extract/correction.ts'
import type { LabContent } from '../../domain/extract/findings.ts'
import * as documents from '../../store/documents.ts'
import * as store from '../../store/findings.ts'
import { valuesChanged } from '../../store/words.ts'
import { keepStudies } from '../imaging/taken.ts'
import { addAcceptedLabResults, removeLabResultsOfFindings } from '../labs/accepted.ts'
import { type LabFacts, labFactsOf } from '../labs/common.ts'
import { announcementOf } from './announce.ts'
import { checkDocumentDate } from './documents.ts'
import { announceDocument } from './fhirViews.ts'
import { labResultOf } from './labResult.ts'
import { findOwn } from './remove.ts'
import { openDecided, openFinding, sealDecided } from './sealed.ts'
import { viewOf } from './views.ts'

type Operations = typeof medicalRecords.operations
type ValueView = OutputOf<Operations['acceptValue']>
/** What was read: the members of its kind, with the line and how sure the words were. */
export type ReadContent = Record<string, string | number | null>

export const reviewHandlers = { reviewDocument, acceptValue, correctValue, rejectValue, acceptCertain }

async function reviewDocument(context: Context, { id }: { id: string }) {
  const row = await findOwn(context, id)
  const rows = await store.findingsOf(context.db, row.id)
  return { document: await viewOf(context, row), values: await Promise.all(rows.map((one) => valueView(context, one))) }
}

export async function valueView(context: Context, row: store.FindingRow): Promise<ValueView> {
  const { line = null, confidence = null, ...read } = await openFinding<ReadContent>(context, row)
  return {
    id: row.id,
    kind: row.kind as ValueView['kind'],
    state: row.state as ValueView['state'],
    is_certain: row.is_certain,
    doubts: row.doubts,
    page: row.page,
    box: row.box,
    line: line as string | null,
    confidence: confidence as number | null,
    read,
    confirmed: (await openDecided<ReadContent>(context, row)) ?? null,
    decided_at: row.decided_at?.toISOString() ?? null,
  }
}

async function acceptValue(context: Context, input: InputOf<Operations['acceptValue']>): Promise<ValueView> {
  return decideOne(context, input, async (row) => {
    if (row.doubts.length > 0 && input.confirm_doubts !== true) {
      throw new PlatformError(
        'conflict',
        'This value has doubts: compare it with the document, then confirm or correct it',
        {
          extra: { doubts: row.doubts },
        },
      )
    }
    return { state: 'accepted', content: await readOf(context, row) }
  })
}

async function correctValue(context: Context, input: InputOf<Operations['correctValue']>): Promise<ValueView> {
  const { id, value_id, ...given } = input
  return decideOne(context, { id, value_id }, async (row) => {
    const corrected = correctedContent(row.kind, await readOf(context, row), given)
    if ('fault' in corrected) throw fieldError(corrected.field, corrected.fault)
    return { state: 'corrected', content: corrected.content }
  })
}

async function rejectValue(context: Context, input: InputOf<Operations['rejectValue']>): Promise<ValueView> {
  return decideOne(context, input, async () => ({ state: 'rejected', content: undefined }))
}

async function readOf(context: Context, row: store.FindingRow): Promise<ReadContent> {
  const { line: _line, confidence: _confidence, ...read } = await openFinding<ReadContent>(context, row)
  return read
}

interface Decided {
  readonly state: 'accepted' | 'corrected' | 'rejected'
  readonly content: ReadContent | undefined
}

async function decideOne(
  context: Context,
  { id, value_id: valueId }: { id: string; value_id: string },
  decideRow: (row: store.FindingRow) => Promise<Decided>,
): Promise<ValueView> {
  const document = await findOwn(context, id)
  const before = (await store.findingsOf(context.db, document.id)).find((row) => row.id === valueId.toLowerCase())
  if (before === undefined) throw notFound('Value')
  await carryOut(context, document, [{ row: before, ...(await decideRow(before)) }])
  const after = (await store.findingsOf(context.db, document.id)).find((row) => row.id === before.id)
  if (after === undefined) throw notFound('Value')
  return valueView(context, after)
}

async function acceptCertain(context: Context, { id }: { id: string }) {
  const document = await findOwn(context, id)
  const waiting = (await store.findingsOf(context.db, document.id)).filter((row) => row.state === 'unconfirmed')
  const certain = waiting.filter((row) => row.is_certain && row.doubts.length === 0)
  const decisions = await Promise.all(
    certain.map(async (row) => ({ row, state: 'accepted' as const, content: await readOf(context, row) })),
  )
  await carryOut(context, document, decisions)
  return { accepted: decisions.length, waiting: waiting.length - decisions.length }
}

export interface Carried extends Decided {
  readonly row: store.FindingRow
}

/** Writes decisions about values, what they mean for the results of the record, and the announcement. */
export async function carryOut(
  context: Context,
  document: documents.DocumentRow,
  decisions: readonly Carried[],
): Promise<void> {
  if (decisions.length === 0) return
  for (const { row, content } of decisions) assertPossible(context, row.kind, content)
  const by = { accountId: context.accountId, now: context.now() }
  const sealedDecisions = await Promise.all(
    decisions.map(async ({ row, state, content }) => ({
      id: row.id,
      state,
      decided: content === undefined ? null : await sealDecided(context, row.id, content),
    })),
  )
  const facts = decisions.some(({ row }) => row.kind === 'lab') ? await labFactsOf(context) : undefined
  await context.transact(async (transaction) => {
    await store.lockFindings(transaction, document.id)
    await store.decide(transaction, sealedDecisions, by)
    await valuesChanged(transaction, document.id)
    await keepResults(context, transaction, document, decisions, facts)
    const confirmed = decisions.filter((one) => one.content !== undefined).length
    const data = announcementOf('values_confirmed', context.personId, document, context.now(), confirmed)
    if (confirmed > 0) await transaction.publish(medicalRecords.events.valuesConfirmed, data)
    await documents.closeReviewed(transaction, document.id, context.now())
    await announceDocument(context, transaction, document.id)
  })
}

/** Nobody confirms what no living person has: it was read or typed wrongly. */
export function assertPossible(context: Context, kind: string, content: ReadContent | undefined): void {
  if (content === undefined || (kind !== 'lab' && kind !== 'imaging_study')) return
  const { test_name: name, value, unit, observed_on: day } = content
  checkDocumentDate(day as string | null, context.now())
  if (kind !== 'lab') return
  if (typeof value !== 'number') return
  const { verdict } = checkPlausible(String(name), value, unit as string | null)
  if (verdict === 'impossible')
    throw fieldError('value', `is not possible for ${name} in ${unit}; correct or reject it`)
}

async function keepResults(
  context: Context,
  transaction: Transaction,
  document: documents.DocumentRow,
  decisions: readonly Carried[],
  facts: LabFacts | undefined,
): Promise<void> {
  await keepStudies(context, transaction, document, decisions)
  const labs = decisions.filter((one) => one.row.kind === 'lab')
  const taken = labs.flatMap(({ row, content }) =>
    content === undefined ? [] : [labResultOf(context, document, row.id, content as unknown as LabContent)],
  )
  const dropped = labs.filter((one) => one.content === undefined).map((one) => one.row.id)
  if (dropped.length > 0) await removeLabResultsOfFindings(transaction, context, dropped)
  if (taken.length > 0) await addAcceptedLabResults(transaction, context, taken, facts)
}
