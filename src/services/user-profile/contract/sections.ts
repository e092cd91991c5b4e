import type { Static, TNull, TObject, TOptional, TProperties, TSchema, TUnion } from 'typebox'
import { type Category, command, query } from '../../../kernel/contract.ts'
import { flag, integer, list, nullable, object, optional, Type } from '../../../kernel/fields.ts'

/** What a client may leave out, give, or clear with null. */
export type Given<Fields extends TProperties> = {
  [Name in keyof Fields]: TOptional<TUnion<[Fields[Name], TNull]>>
}
/** What an answer shows: null where nobody said. */
export type Shown<Fields extends TProperties> = { [Name in keyof Fields]: TUnion<[Fields[Name], TNull]> }

/** The fields as a client gives them. */
export function given<Fields extends TProperties>(fields: Fields): Given<Fields> {
  return mapped(fields, (schema) => optional(nullable(schema))) as unknown as Given<Fields>
}

/** The fields as an answer shows them. */
export function shown<Fields extends TProperties>(fields: Fields): Shown<Fields> {
  return mapped(fields, nullable) as unknown as Shown<Fields>
}

function mapped(fields: TProperties, change: (schema: TSchema) => TSchema): TProperties {
  return Object.fromEntries(Object.entries(fields).map(([name, schema]) => [name, change(schema)]))
}

/** First members of every versioned answer: `version` is what the ETag says. */
export const head = {
  id: Type.String({ format: 'uuid', description: 'the person' }),
  user_id: Type.String({ format: 'uuid', description: 'the same, as the S002 clients read it' }),
  version: Type.Integer({ description: 'grows with each change; 0 while nothing was saved' }),
}

/** Last members of every versioned answer. */
export const times = {
  created_at: nullable(Type.String({ description: 'null while nothing was saved' })),
  updated_at: nullable(Type.String()),
}

/** The state a change expects: from `If-Match`, or from `version` in the body. */
const expectation = {
  if_match: optional(Type.String({ maxLength: 200, description: 'ETag of the state that is to be changed' })),
  version: optional(integer(0, 2_147_483_647, { description: 'the same as If-Match, for a body read before' })),
}

/** Members of an answer that a client may send back as it read them; they are not the client's to set. */
function echoes(names: readonly string[]): TProperties {
  const member = optional(Type.Unknown({ readOnly: true, description: 'of the answer; ignored' }))
  return Object.fromEntries(['id', 'created_at', 'updated_at', ...names].map((name) => [name, member]))
}

const Fault = object({
  field: Type.String(),
  detail: Type.String(),
  allowed: optional(Type.Array(Type.Unknown())),
})

export const Validation = object({ is_valid: flag(), errors: list(Fault) })

export const EXPORT_FORMAT = 'salus-user-profile-1'

/** What one group of operations is about. */
export interface Group<Fields extends TProperties, Extras extends TProperties, View extends TSchema> {
  /** `profile`: the path, and the name of the section in exports. */
  readonly path: string
  /** For the documentation: `the profile`. */
  readonly noun: string
  readonly category: Category
  readonly fields: Fields
  /** Further input that is turned into fields: a height with its unit. */
  readonly extras: Extras
  readonly view: View
  /** Members of the view that are computed. */
  readonly computed: readonly string[]
}

const headers = { 'if-match': 'if_match' } as const

/**
 * The operations that every group of the original service has, at the canonical paths and the original ones.
 * The original `PUT .../me` changes what is given and leaves the rest: it is an alias of PATCH.
 */
export function groupOperations<Fields extends TProperties, Extras extends TProperties, View extends TSchema>(
  group: Group<Fields, Extras, View>,
) {
  return { ...changingOperations(group), ...readingOperations(group), ...movingOperations(group) }
}

function accessOf(group: { readonly category: Category }) {
  return { kind: 'person', category: group.category } as const
}

function changingOperations<Fields extends TProperties, Extras extends TProperties, View extends TSchema>(
  group: Group<Fields, Extras, View>,
) {
  const { path, noun } = group
  const shared = { access: accessOf(group), input: changeInput(group), output: group.view }
  return {
    create: command({
      ...shared,
      summary: `Save ${noun} for the first time`,
      route: `POST /${path}`,
      aliases: original('POST', path),
      status: 201,
      errors: ['already_exists'],
    }),
    replace: command({
      ...shared,
      summary: `Replace ${noun}: what is not given is cleared`,
      route: `PUT /${path}`,
      headers,
      errors: ['precondition_failed'],
    }),
    change: command({
      ...shared,
      summary: `Change ${noun}: what is given is set, null clears, the rest stays`,
      route: `PATCH /${path}`,
      aliases: [...original('PUT', `${path}/me`), ...original('PATCH', `${path}/me`)],
      headers,
      errors: ['precondition_failed'],
    }),
    clear: command({
      summary: `Clear ${noun}`,
      route: `DELETE /${path}`,
      aliases: original('DELETE', `${path}/me`),
      access: accessOf(group),
      headers,
      status: 204,
      input: object({ if_match: expectation.if_match }),
      output: Type.Null(),
      errors: ['precondition_failed'],
    }),
  }
}

function readingOperations<Fields extends TProperties, Extras extends TProperties, View extends TSchema>(
  group: Group<Fields, Extras, View>,
) {
  const { path, noun } = group
  return {
    read: query({
      summary: `Read ${noun}; what nobody said is null`,
      route: `GET /${path}`,
      aliases: original('GET', `${path}/me`),
      access: accessOf(group),
      input: object({}),
      output: group.view,
    }),
    validate: query({
      summary: `Say what is wrong with values for ${noun}, without saving them`,
      route: `POST /${path}/validate`,
      aliases: original('POST', `${path}/me/validate`),
      access: accessOf(group),
      input: object(unchecked({ ...group.fields, ...group.extras })),
      output: Validation,
    }),
  }
}

function movingOperations<Fields extends TProperties, Extras extends TProperties, View extends TSchema>(
  group: Group<Fields, Extras, View>,
) {
  const { path, noun } = group
  const document = exportDocument(group)
  return {
    export: query({
      summary: `Everything saved of ${noun}, in the form that the import takes`,
      route: `GET /${path}/export`,
      aliases: original('GET', `${path}/me/export`),
      access: accessOf(group),
      input: object({}),
      output: document,
    }),
    import: command({
      summary: `Replace ${noun} by an export; all of it or nothing`,
      route: `POST /${path}/import`,
      aliases: original('POST', `${path}/me/import`),
      access: accessOf(group),
      headers,
      input: object({ ...document.properties, if_match: expectation.if_match }),
      output: group.view,
      errors: ['precondition_failed'],
    }),
  }
}

/** What a change of the group may hold. */
export function changeInput<Fields extends TProperties, Extras extends TProperties>(
  group: Pick<Group<Fields, Extras, TSchema>, 'fields' | 'extras' | 'computed'>,
): TObject<Given<Fields> & Extras & typeof expectation> {
  return object({ ...echoes(group.computed), ...given(group.fields), ...group.extras, ...expectation }) as never
}

function exportDocument<Fields extends TProperties>(group: { readonly path: string; readonly fields: Fields }) {
  return object({
    format: Type.Literal(EXPORT_FORMAT),
    section: Type.Literal(group.path),
    exported_at: Type.String({ maxLength: 40 }),
    data: object(given(group.fields)),
  })
}

/** The fields without their rules, so that the handler can answer with all faults instead of refusing. */
function unchecked(fields: TProperties): TProperties {
  return mapped(fields, () => optional(Type.Unknown()))
}

/** The paths of the original service, on its own host and behind its prefix. */
export function original(method: string, path: string): string[] {
  return ['/api/v1/user-profile/', '/user-profile/api/v1/user-profile/', '/user-profile/'].map(
    (prefix) => `${method} ${prefix}${path}`,
  )
}

/** The change of a group as its handler gets it. */
export type ChangeOf<Fields extends TProperties> = Static<TObject<Given<Fields>>>
