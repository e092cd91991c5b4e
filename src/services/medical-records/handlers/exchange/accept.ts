import { setImmediate } from 'node:timers/promises'
import type { Transaction } from '../../../../kernel/database.ts'
import type { Context } from '../../../../kernel/service.ts'
import { type ImportedEntry, type ImportedLab, isEntry } from '../../domain/imported.ts'
import { judgeLab, type StatedLab } from '../../domain/labs/judge.ts'
import { insertEntries, type NewClinical } from '../../store/clinical.ts'
import { type ItemRow, supersede } from '../../store/imports.ts'
import type { NewLab } from '../../store/labs.ts'
import { announceEntries } from '../clinical/clinical.ts'
import { announceFhir, type LabFacts, personAt } from '../labs/common.ts'
import { keepLabs } from '../labs/write.ts'
import { carriedRow, keepCarried } from './carried.ts'
import { changeEntries, changeLabs, changeResources, changesOf } from './changed.ts'

/** Results judged before others are let run: some 10 ms. */
const SLICE = 100

/** Kinds that others keep, or whose files are fetched first: a job does that. */
const DUE: ReadonlySet<string> = new Set(['vital', 'report', 'document'])

/** What a file states of a result, for the rules. */
export function statedOf(item: ImportedLab): StatedLab {
  return {
    testName: item.testName,
    testCode: item.testCode,
    value: item.value,
    unit: item.unit,
    rangeText: item.rangeText,
    flag: item.flag,
  }
}

/** Makes part of the record what the person took: results and entries, with where they came from. */
export async function keepAccepted(
  context: Context,
  transaction: Transaction,
  { id: importId, format }: { readonly id: string; readonly format: 'hl7v2' | 'ccda' | 'fhir' },
  items: readonly ItemRow[],
  facts: LabFacts,
): Promise<void> {
  if (items.some(({ kind }) => DUE.has(kind))) {
    await transaction.enqueue('keep-taken', { import_id: importId }, { key: `taken/${importId}` })
  }
  const corrected = items.flatMap(({ content, replaces }) =>
    content.kind === 'lab' && content.status === 'corrected' && replaces === null ? [content.key] : [],
  )
  if (corrected.length > 0) {
    const old = await supersede(transaction, context.personId, corrected, context.now())
    await announceFhir(
      context,
      transaction,
      old.map((id) => ({ type: 'Observation', id })),
    )
  }
  const [fresh, changed] = [
    items.filter(({ change }) => change === null),
    items.filter(({ change }) => change !== null),
  ]
  const labOf = ({ id, content }: ItemRow) =>
    content.kind === 'lab' ? labRow(context, format, id, content, facts) : undefined
  const labs = await inSlices(fresh, labOf)
  const ofKind = (wanted: (item: ItemRow) => boolean) => changed.filter(wanted)
  const changedLabs = changesOf(
    ofKind(({ kind }) => kind === 'lab'),
    labOf,
  )
  await keepLabs(context, transaction, [
    ...labs.filter((lab) => lab !== undefined),
    ...(await changeLabs(context, transaction, changedLabs)),
  ])
  const resources = await changeResources(
    context,
    transaction,
    ofKind(({ kind }) => kind === 'resource'),
  )
  await keepCarried(context, transaction, [...fresh, ...resources].flatMap(carriedRow))
  const entryOf = ({ id, content }: ItemRow) => (isEntry(content) ? entryRow(context, format, id, content) : undefined)
  const changedEntries = changesOf(
    ofKind(({ content }) => isEntry(content)),
    entryOf,
  )
  const entries = [
    ...fresh.map(entryOf).filter((entry) => entry !== undefined),
    ...(await changeEntries(context, transaction, changedEntries)),
  ]
  if (entries.length === 0) return
  const rows = await insertEntries(transaction, context.personId, entries, context.now())
  await announceEntries(context, transaction, rows, 'added')
}

/** What `make` makes of each, letting others run in between: judging thousands of results takes a while. */
export async function inSlices<Item, Made>(items: readonly Item[], make: (item: Item) => Made): Promise<Made[]> {
  const made: Made[] = []
  for (let at = 0; at < items.length; at += SLICE) {
    if (at > 0) await setImmediate()
    made.push(...items.slice(at, at + SLICE).map(make))
  }
  return made
}

function labRow(
  context: Context,
  format: 'hl7v2' | 'ccda' | 'fhir',
  itemId: string,
  item: ImportedLab,
  facts: LabFacts,
): NewLab {
  const now = context.now()
  const observed = item.observedAt === null ? now : new Date(item.observedAt)
  // A time ahead of now is a clock or a zone that was wrong.
  const testedAt = Number.isNaN(observed.getTime()) || observed > now ? now : observed
  const person = personAt(facts, testedAt)
  const stated = statedOf(item)
  const judged = judgeLab(stated, person)
  // What the rules refuse is kept as the words of the file, unjudged: the person saw the doubt and took it.
  const words = [item.value, item.unit].filter((part) => part !== null).join(' ')
  const kept = 'lab' in judged ? judged : judgeLab({ ...stated, value: `as reported: ${words}`, unit: null }, person)
  if ('fault' in kept) throw new Error('words are always kept')
  return {
    id: context.newId(),
    test_name: item.testName,
    test_code: item.testCode,
    ...kept.lab,
    tested_at: testedAt,
    resulted_at: null,
    lab_name: item.labName,
    ordering_provider: item.orderedBy,
    specimen_type: null,
    status: item.status,
    source: format,
    external_id: item.externalId,
    fhir_resource_id: null,
    document_id: null,
    finding_id: null,
    import_item_id: itemId,
    confirmed_by: context.accountId,
    notes: item.notes,
    metadata: 'lab' in judged ? null : { not_judged_because: judged.fault.detail },
  }
}

function entryRow(
  context: Context,
  format: 'hl7v2' | 'ccda' | 'fhir',
  itemId: string,
  item: ImportedEntry,
): NewClinical {
  return {
    id: context.newId(),
    kind: item.kind,
    display: item.display,
    code: item.codeSystem === null ? null : item.code,
    code_system: item.code === null ? null : item.codeSystem,
    status: item.status,
    started_on: item.startedOn,
    ended_on: item.endedOn,
    detail: item.detail,
    notes: item.notes,
    source: format === 'fhir' ? 'fhir' : 'ccda',
    import_item_id: itemId,
  }
}
