import { integer, list, nullable, object, optional, Type, text, uuid } from '../../../kernel/fields.ts'

/** May be left out, or null as old clients send what they leave out. */
export function maybe<Schema extends Parameters<typeof nullable>[0]>(schema: Schema) {
  return optional(nullable(schema))
}

export const time = Type.String({ description: 'ISO 8601, UTC' })
export const nullableText = nullable(Type.String())
export const nullableNumber = nullable(Type.Number())
export const count = Type.Integer({ minimum: 0 })
export const measured = Type.Number({ minimum: -1e12, maximum: 1e12 })
/** A day, month or year: what is known of when something began. */
export const partialDate = text(10, {
  pattern: '^\\d{4}(-\\d{2}(-\\d{2})?)?$',
  description: 'YYYY, YYYY-MM or YYYY-MM-DD',
})

export const idInput = object({ id: uuid() })
export const ifMatch = { 'if-match': 'if_match' } as const
/** Which version the caller changes; neither: the newest. */
export const versionFields = { version: optional(integer(1, 2_000_000_000)), if_match: optional(text(80)) }

/** Pages as the clients of S002 ask for them, and by skip and limit. */
export const pageFields = {
  page: optional(integer(1, 100_000, { default: 1 })),
  size: optional(integer(1, 1000, { default: 50 })),
  skip: optional(integer(0, 1_000_000)),
  limit: optional(integer(1, 1000, { description: 'as `size`' })),
}

/** `{items, total, page, size, pages}`: the lists of S002. */
export function numberedPage<Schema extends Parameters<typeof list>[0]>(items: Schema) {
  return object({ items: list(items), total: count, page: count, size: count, pages: count })
}

/** The PATCH twin of a PUT, at every address the PUT has. */
export function patchTwin(path: string): string[] {
  return [`PATCH /api/v1${path}`, `PATCH /medical-records/api/v1${path}`, `PATCH /medical-records${path}`]
}
