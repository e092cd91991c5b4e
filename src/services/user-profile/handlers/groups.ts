import type { TObject } from 'typebox'
import type { Database, Transaction } from '../../../kernel/database.ts'
import { PlatformError, validationError } from '../../../kernel/errors.ts'
import { object } from '../../../kernel/fields.ts'
import { faultsOf } from '../../../kernel/schema.ts'
import type { Context } from '../../../kernel/service.ts'
import { EXPORT_FORMAT, type Group, given } from '../contract/sections.ts'
import { bySection, dataOf, pick, type SectionName, type Sections } from '../domain/sections.ts'
import type { Data, Reading } from '../domain/tidy.ts'
import { expectedVersions } from '../domain/versions.ts'
import { readSections, type SectionWrite, type WriteMode, writeSections } from '../store.ts'
import { announceProfile } from './announce.ts'

/** How one group of operations is served: what it answers with, and the document it exports. */
export interface Served<View, Exported = unknown> {
  readonly section: SectionName
  readonly group: Pick<Group<TObject['properties'], TObject['properties'], TObject>, 'path' | 'fields' | 'extras'>
  /** Sections the view is made of, beside its own. */
  readonly alsoRead: readonly SectionName[]
  /** Fields of the group that another section keeps. */
  readonly elsewhere?: { readonly section: SectionName; readonly fields: readonly string[] }
  /** Reads what a client gives; `isWhole` says that what is missing is cleared. */
  read(context: Context, change: Data, isWhole: boolean): Promise<Reading>
  view(personId: string, sections: Sections, now: Date): View
  /** Stored members were validated when they were written. */
  exported(document: ExportedDocument): Exported
}

interface ExportedDocument {
  readonly format: typeof EXPORT_FORMAT
  readonly section: string
  readonly exported_at: string
  readonly data: Data
}

interface Expectation {
  readonly if_match?: string | undefined
  readonly version?: number | undefined
}

/** The sections a group is made of. */
export async function sectionsOf(context: Context, served: Served<unknown>): Promise<Sections> {
  return bySection(await readSections(context.db, context.personId, [served.section, ...served.alsoRead]))
}

/** The handlers of a group's operations. */
export function groupHandlers<View, Exported>(served: Served<View, Exported>) {
  const view = (context: Context, sections: Sections) => served.view(context.personId, sections, context.now())
  const save = async (context: Context, given: Data, mode: WriteMode, options: SaveOptions = {}) => {
    const reading = await readChange(context, served, given, mode)
    return view(context, await saveChange(context, served, reading, mode, options))
  }
  return {
    read: async (context: Context) => view(context, await sectionsOf(context, served)),
    create: (context: Context, input: object) => save(context, fieldsOf(served, input), 'replace', { isFirst: true }),
    replace: (context: Context, input: Expectation) =>
      save(context, fieldsOf(served, input), 'replace', { expected: expectedVersions(input) }),
    change: async (context: Context, input: Expectation) => {
      const given = fieldsOf(served, input)
      const expected = expectedVersions(input)
      if (Object.keys(given).length > 0) return save(context, given, 'merge', { expected })
      const sections = await sectionsOf(context, served)
      if (expected?.includes(sections[served.section]?.version ?? 0) === false) throw refusal({})
      return view(context, sections)
    },
    clear: async (context: Context, input: Expectation) => {
      const expected = expectedVersions(input)
      await saveChange(context, served, {}, 'replace', { expected })
      return null
    },
    validate: (context: Context, input: object) => validate(context, served, input as Data),
    export: async (context: Context) => served.exported(await exportOf(context, served)),
    import: (context: Context, input: Expectation & { readonly data: object }) =>
      save(context, fieldsOf(served, input.data), 'replace', { expected: expectedVersions(input) }),
  }
}

/** The members of an input that are the group's; what a client echoes of an answer is left out. */
export function fieldsOf(served: Served<unknown>, input: object): Data {
  const { fields, extras } = served.group
  return Object.fromEntries(
    Object.entries(input).filter(([name, value]) => (name in fields || name in extras) && value !== undefined),
  )
}

/** What a client gives, in the form it is stored. Throws 422 naming everything that is wrong. */
export async function readChange(
  context: Context,
  served: Served<unknown>,
  change: Data,
  mode: WriteMode,
): Promise<Data> {
  const { data, faults } = await served.read(context, change, mode === 'replace')
  if (faults.length > 0) throw validationError(faults)
  return data
}

interface SaveOptions {
  readonly expected?: readonly number[] | undefined
  readonly isFirst?: boolean
  /** The transaction that the change is part of. */
  readonly within?: Transaction
}

/** Writes what was read and announces the names of its fields. Throws 412 or 409 when the section is in another state. */
export async function saveChange(
  context: Context,
  served: Served<unknown>,
  data: Data,
  mode: WriteMode,
  options: SaveOptions,
): Promise<Sections> {
  const writes = writesOf(served, data, mode)
  const names = mode === 'merge' ? Object.keys(data) : ownFields(served, data)
  const change = {
    userId: context.personId,
    writes,
    expected: options.expected,
    mustBeEmpty: options.isFirst === true,
    alsoRead: served.alsoRead,
  }
  const announcement = announceProfile(context, names)
  const run = async (db: Database) => {
    const rows = await writeSections(db, change, announcement, context.now())
    if (rows === undefined) throw refusal(options)
    return bySection(rows)
  }
  // One section is one statement; several are written together or not at all.
  if (options.within !== undefined) return run(options.within)
  return writes.length === 1 ? run(context.db) : context.transact(run)
}

function refusal(options: SaveOptions): PlatformError {
  return options.isFirst === true
    ? new PlatformError('already_exists', 'This was saved before; change it with PUT or PATCH')
    : new PlatformError('precondition_failed', 'This was changed in between; read it again')
}

function writesOf(served: Served<unknown>, data: Data, mode: WriteMode): [SectionWrite, ...SectionWrite[]] {
  const { elsewhere } = served
  const away = Object.entries(data).filter(([name]) => elsewhere?.fields.includes(name) === true)
  const here = Object.entries(data).filter(([name]) => elsewhere?.fields.includes(name) !== true)
  const own: SectionWrite = { section: served.section, data: Object.fromEntries(here), mode }
  if (elsewhere === undefined || away.length === 0) return [own]
  return [own, { section: elsewhere.section, data: Object.fromEntries(away), mode: 'merge' }]
}

/** What a replacement touches: all fields of the section, and those given of the other one. */
function ownFields(served: Served<unknown>, data: Data): string[] {
  const away = served.elsewhere?.fields ?? []
  return Object.keys(served.group.fields).filter((name) => !away.includes(name) || data[name] !== undefined)
}

async function validate(context: Context, served: Served<unknown>, input: Data) {
  const change = fieldsOf(served, input)
  const malformed = faultsOf(object({ ...given(served.group.fields), ...served.group.extras }), change)
  const errors = malformed.length > 0 ? malformed : (await served.read(context, change, false)).faults
  const shown = errors.map(({ field, detail, allowed }) => ({
    field,
    detail,
    ...(allowed === undefined ? {} : { allowed: [...allowed] }),
  }))
  return { is_valid: errors.length === 0, errors: shown }
}

async function exportOf(context: Context, served: Served<unknown>): Promise<ExportedDocument> {
  const sections = await sectionsOf(context, served)
  const { elsewhere, group } = served
  const stored = {
    ...dataOf(sections, served.section),
    ...(elsewhere === undefined ? {} : pick(dataOf(sections, elsewhere.section), elsewhere.fields)),
  }
  const data = Object.fromEntries(
    Object.entries(stored).filter(([name, value]) => name in group.fields && value !== null),
  )
  return { format: EXPORT_FORMAT, section: group.path, exported_at: context.now().toISOString(), data }
}
