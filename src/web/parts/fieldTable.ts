import type { InputOf } from '../../kernel/contract.ts'

/** text, password, e-mail, number, integer, date, instant, choice, boolean, list of texts. */
export type Kind = 't' | 'p' | 'e' | 'n' | 'i' | 'd' | 'z' | 'c' | 'b' | 'l'

/** One field of an operation's input, as its contract says it; `rowOf` in tools/reports writes the row. */
export type FieldOf<Value = unknown> = readonly [name: string, row: string] & {
  /** Never set: carries the type. */
  readonly value?: Value
}

/** The fields of an operation that forms ask for. */
export type FieldsOf<Op, Name extends keyof InputOf<Op>> = {
  readonly [One in Name]-?: FieldOf<NonNullable<InputOf<Op>[One]>>
} & { readonly '~read'?: Pick<InputOf<Op>, Name> }

/** What a form over these fields has read. */
export type Read<Table extends { readonly '~read'?: unknown }> = NonNullable<Table['~read']>

export interface Rules {
  readonly name: string
  readonly kind: Kind
  readonly isRequired: boolean
  /** Of a text its characters, of a list its entries. */
  readonly least: number | undefined
  readonly most: number | undefined
  /** The values of a short choice. */
  readonly allowed: readonly string[] | undefined
}

type Rows = Readonly<Record<string, Readonly<Record<string, string>>>>

/** Rows such as `{ recordSymptom: { symptom_name: 't!,200' } }`, each with its name. The bundler puts each where it is used. */
export function tablesOf<Tables>(rows: Rows): Tables {
  const tables = Object.entries(rows).map(([operation, fields]) => [
    operation,
    Object.fromEntries(Object.entries(fields).map(([name, row]) => [name, [name, row]])),
  ])
  return Object.fromEntries(tables) as Tables
}

/** Reads a row: kind, `!` where required, bounds, `:` and the words of a short choice. */
export function rulesOf([name, row]: FieldOf): Rules {
  const [, kind, mark, least, most, words] = /^(.)(!?)([-\d.]*),?([-\d.]*):?(.*)$/.exec(row) ?? []
  const bound = (text = '') => (text === '' ? undefined : Number(text))
  return {
    name,
    kind: kind as Kind,
    isRequired: mark === '!',
    least: bound(least),
    most: bound(most),
    allowed: words ? words.split('|') : undefined,
  }
}
