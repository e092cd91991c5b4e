import type { Contract } from '../../../../kernel/contract.ts'
import { decryptedText, encryptedText } from '../../../../kernel/encryption.ts'
import { fieldError, notFound, PlatformError } from '../../../../kernel/errors.ts'
import { isUuid } from '../../../../kernel/ids.ts'
import type { Context, Handlers } from '../../../../kernel/service.ts'
import type { importOperations } from '../../contract/imports.ts'
import type { ColumnGuess } from '../../domain/formats/genericTable.ts'
import type { ColumnMapping, FormatAnswers } from '../../domain/formats/reading.ts'
import { canonicalValue, metricNamed } from '../../domain/vocabulary.ts'
import type { EntryReport } from '../../providers/imports/checkpoint.ts'
import {
  answerImport,
  cancelImport,
  countsOf,
  findImport,
  type ImportRow,
  listImports,
  removeImport,
  skipsOf,
} from '../../store/imports.ts'
import { appleHealthData, appleHealthSync } from './appleHealth.ts'
import { IMPORT_JOB } from './constants.ts'
import { removeFile } from './run.ts'
import { importView } from './views.ts'

type ImportHandlers = Handlers<Contract<typeof importOperations>>

export const importHandlers: ImportHandlers = {
  async listImports(context, { limit = 50, cursor }) {
    if (cursor !== undefined && !isUuid(cursor)) throw fieldError('cursor', 'is no cursor of this list')
    const rows = await listImports(context.db, context.personId, limit + 1, cursor)
    const items = await Promise.all(rows.slice(0, limit).map((row) => importView(context, row)))
    return { items, next_cursor: rows.length > limit ? (items.at(-1)?.id ?? null) : null }
  },

  async readImport(context, { id }) {
    const row = await existing(context, id)
    const [taken, skipped] = await Promise.all([
      countsOf(context.db, context.personId, id),
      skipsOf(context.db, context.personId, id),
    ])
    const listed = await decryptedText(context, 'device_data.import.entries', row.entries, id)
    const files = listed === null ? { entries: [], unlisted: 0 } : (JSON.parse(listed) as Listed)
    return {
      import: await importView(context, row),
      columns: await columnsOf(context, row),
      taken,
      skipped: skipped.map((skip) => ({ ...skip, places: [...skip.places] })),
      files: files.entries.map(fileView),
      unlisted_files: files.unlisted,
    }
  },

  async answerImport(context, { id, mapping, date_order: dateOrder }) {
    const row = await existing(context, id)
    if (row.state !== 'asking') throw new PlatformError('conflict', 'This import asks nothing')
    const told = await decryptedText(context, 'device_data.import.answers', row.answers, id)
    const before = told === null ? {} : (JSON.parse(told) as FormatAnswers)
    const answers: FormatAnswers = {
      mapping: mapping === undefined ? before.mapping : checkedMapping(mapping, await columnsOf(context, row)),
      dateOrder: dateOrder ?? before.dateOrder,
    }
    if (row.question === 'columns' && answers.mapping === undefined) throw fieldError('mapping', 'is needed')
    if (row.question === 'date-order' && answers.dateOrder === undefined) throw fieldError('date_order', 'is needed')
    const sealed = await encryptedText(context, 'device_data.import.answers', JSON.stringify(answers), id)
    await context.transact(async (transaction) => {
      const isAnswered = await answerImport(transaction, context.personId, id, sealed)
      if (!isAnswered) throw new PlatformError('conflict', 'This import asks nothing')
      await transaction.enqueue(IMPORT_JOB, { import_id: id })
    })
    return importView(context, await existing(context, id))
  },

  async deleteImport(context, { id }) {
    const cancelled = await cancelImport(context.db, context.personId, id, context.now())
    if (cancelled !== undefined) {
      await removeFile(context, cancelled)
      return null
    }
    if ((await removeImport(context.db, context.personId, id)) === 0) throw notFound('Import')
    return null
  },

  appleHealthSync,
  appleHealthData,
}

interface Listed {
  readonly entries: readonly EntryReport[]
  readonly unlisted: number
}

function fileView({ index, name, format, outcome, fault, place }: EntryReport) {
  return { index, name, format: format ?? null, outcome, fault: fault ?? null, place: place ?? null }
}

async function existing(context: Context, id: string): Promise<ImportRow> {
  const row = await findImport(context.db, context.personId, id)
  if (row === undefined) throw notFound('Import')
  return row
}

async function columnsOf(context: Context, row: ImportRow) {
  const preview = await decryptedText(context, 'device_data.import.preview', row.preview, row.id)
  const columns = preview === null ? [] : (JSON.parse(preview) as ColumnGuess[])
  return columns.map((column) => ({ ...column, examples: [...column.examples] }))
}

interface GivenMapping {
  readonly time: readonly string[]
  readonly values: readonly { readonly column: string; readonly metric: string; readonly unit?: string }[]
  readonly source?: string
}

/** Throws 422 for columns that the table does not have, unknown metrics, and units that do not fit them. */
function checkedMapping(given: GivenMapping, columns: readonly { readonly column: string }[]): ColumnMapping {
  const titles = columns.map(({ column }) => column)
  const check = (field: string, title: string) => {
    if (titles.length > 0 && !titles.includes(title.trim()))
      throw fieldError(field, 'is no column of the table', titles)
  }
  if (given.time.length === 0) throw fieldError('mapping.time', 'names no column')
  if (given.values.length === 0) throw fieldError('mapping.values', 'names no column')
  for (const title of given.time) check('mapping.time', title)
  const values = given.values.map(({ column, metric: name, unit = '' }, index) => {
    const field = `mapping.values.${index}`
    check(`${field}.column`, column)
    const metric = metricNamed(name)
    if (metric === undefined || metric.kind === 'text')
      throw fieldError(`${field}.metric`, 'is no metric that has numbers')
    const probe = canonicalValue(metric, 1, unit === '' ? undefined : unit)
    if ('fault' in probe) throw fieldError(`${field}.unit`, 'does not fit the metric', [metric.unit])
    return { column: column.trim(), metric: metric.code, unit }
  })
  return { time: given.time.map((title) => title.trim()), values, source: given.source ?? 'table' }
}
