import {
  type Static,
  type TArray,
  type TEnum,
  type TObject,
  type TProperties,
  type TSchema,
  type TUnion,
  Type,
} from 'typebox'

/** An object that refuses unknown fields: the shape of every input and output. */
export function object<Properties extends TProperties>(
  properties: Properties,
  options: { description?: string } = {},
): TObject<Properties> {
  return Type.Object(properties, { ...options, additionalProperties: false }) as TObject<Properties>
}

/** Text of at most `maximum` characters (and at least `minimum`, 1 unless said). */
export function text(maximum: number, options: { minimum?: number; description?: string; pattern?: string } = {}) {
  const { minimum = 1, ...rest } = options
  return Type.String({ minLength: minimum, maxLength: maximum, ...rest })
}

/** One of the given words. */
export function oneOf<const Words extends readonly string[]>(
  words: Words,
  options: { description?: string; default?: Words[number] } = {},
): TEnum<[...Words]> {
  // The library's own inference widens a readonly tuple to any text.
  return Type.Enum([...words], options) as unknown as TEnum<[...Words]>
}

/** A UUID. */
export function uuid(description?: string) {
  return Type.String({ format: 'uuid', ...(description === undefined ? {} : { description }) })
}

/**
 * An instant as ISO 8601 text. Seconds and zone may be missing (a naive time is UTC), as old clients send it.
 * Whether the date exists and lies in a sensible range is the handler's to check (`shared/dates`).
 */
export function instant(description = 'ISO 8601 date and time; without a zone it is UTC') {
  return Type.String({
    minLength: 10,
    maxLength: 40,
    pattern: '^\\d{4}-\\d{2}-\\d{2}([T ]\\d{2}:\\d{2}(:\\d{2}(\\.\\d{1,9})?)?(Z|[+-]\\d{2}:?\\d{2})?)?$',
    description,
  })
}

/** A calendar date, `YYYY-MM-DD`. */
export function date(description = 'YYYY-MM-DD') {
  return Type.String({ format: 'date', description })
}

/** A whole number between the bounds. */
export function integer(minimum: number, maximum: number, options: { default?: number; description?: string } = {}) {
  return Type.Integer({ minimum, maximum, ...options })
}

/** A finite number between the bounds. */
export function number(minimum: number, maximum: number, options: { default?: number; description?: string } = {}) {
  return Type.Number({ minimum, maximum, ...options })
}

/** May be left out. */
export const optional = Type.Optional
/** True or false. */
export function flag(options: { default?: boolean; description?: string } = {}) {
  return Type.Boolean(options)
}

/** The value or null. */
export function nullable<Schema extends TSchema>(schema: Schema) {
  return Type.Union([schema, Type.Null()]) as TUnion<[Schema, ReturnType<typeof Type.Null>]>
}

/** A list with a limit. */
export function list<Schema extends TSchema>(schema: Schema, maximumItems = 1000): TArray<Schema> {
  return Type.Array(schema, { maxItems: maximumItems })
}

/** Free key-value data of at most `maximumKeys` members, values of any JSON kind (depth and size are bounded by the body). */
export function record(maximumKeys = 50, description?: string) {
  return Type.Record(Type.String(), Type.Unknown(), {
    maxProperties: maximumKeys,
    ...(description === undefined ? {} : { description }),
  })
}

/** Fields of a keyset-paged list's input. */
export const pageInput = {
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 100 })),
  cursor: Type.Optional(Type.String({ maxLength: 400, description: 'next_cursor of the page before' })),
}

/** A keyset-paged list: `items`, and `next_cursor` while there is more. */
export function page<Schema extends TSchema>(items: Schema) {
  return object({ items: Type.Array(items), next_cursor: Type.Union([Type.String(), Type.Null()]) })
}

/** What a search of a service is asked: each service searches its own, and a client asks them side by side. */
export const findInput = object({
  q: text(80, { minimum: 2, description: 'all of these words, each as a part of a word, in any order' }),
  limit: Type.Optional(integer(1, 10, { default: 5, description: 'of each kind' })),
})

/** What a search answers: the newest that fit, of each kind; `more` are members that only one service has. */
export function foundOutput<
  const Kinds extends readonly string[],
  const More extends TProperties = Record<never, never>,
>(kinds: Kinds, more: More = {} as More) {
  return object({
    items: list(
      object({
        kind: oneOf(kinds),
        id: Type.String(),
        title: Type.String(),
        detail: nullable(Type.String()),
        at: nullable(Type.String({ description: 'ISO 8601, or the day, month or year that is known' })),
        ...more,
      }),
      100,
    ),
  })
}

/** Writes a keyset position as an opaque cursor. */
export function encodeCursor(position: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify(position)).toString('base64url')
}

/** Reads a cursor of `length` members; `undefined` when it isn't one of ours. */
export function decodeCursor(cursor: string, length: number): (string | number)[] | undefined {
  try {
    const position: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString())
    const fits = Array.isArray(position) && position.length === length
    return fits && position.every((part) => typeof part === 'string' || typeof part === 'number') ? position : undefined
  } catch {
    return undefined
  }
}

export { type Static, Type }
