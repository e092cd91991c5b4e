import { raw, type Statement, sql } from '../../../kernel/sql.ts'
import { badSearch } from '../domain/refused.ts'
import { canonicalUnit } from '../domain/units.ts'
import { type SearchNumber, searchNumber, splitEscaped, timeRange, unescaped } from '../domain/values.ts'

const PREFIX = /^(eq|ne|lt|gt|le|ge|sa|eb|ap)?(.*)$/s

/** A condition on `v.from_ms` and `v.until_ms`. Throws 400 for what is no date. */
export function dateCondition(value: string, now: Date): Statement {
  const [, prefix = 'eq', text = ''] = PREFIX.exec(value) ?? []
  const range = timeRange(text.replaceAll(' ', '+'))
  if (range === undefined) throw badSearch(`"${value.slice(0, 40)}" is no date`)
  const { from, until } = range
  const isWithin = sql`(v.from_ms >= ${from} and v.until_ms <= ${until})`
  switch (prefix) {
    case 'ne':
      return sql`not ${isWithin}`
    case 'lt':
      return sql`v.from_ms < ${from}`
    case 'gt':
      return sql`v.until_ms > ${until}`
    case 'le':
      return sql`(v.from_ms < ${from} or ${isWithin})`
    case 'ge':
      return sql`(v.until_ms > ${until} or ${isWithin})`
    case 'sa':
      return sql`v.from_ms > ${until}`
    case 'eb':
      return sql`v.until_ms < ${from}`
    case 'ap': {
      const slack = Math.round(Math.max(86_400_000, Math.abs(now.getTime() - from) / 10))
      return sql`(v.from_ms <= ${until + slack} and v.until_ms >= ${from - slack})`
    }
    default:
      return isWithin
  }
}

function amountOf(text: string, name: string): { prefix: string; number: SearchNumber } {
  const [, prefix = 'eq', digits = ''] = PREFIX.exec(text) ?? []
  const number = searchNumber(digits)
  if (number === undefined) throw badSearch(`"${text.slice(0, 40)}" is no number for ${name.split('\u0002')[0]}`)
  return { prefix, number }
}

/** A condition on the numbers of `v`: `5.4|http://unitsofmeasure.org|mg` finds 0.0054 g too. Throws 400. */
export function numberCondition(name: string, value: string): Statement {
  const [amount = '', system = '', code = ''] = splitEscaped(value, '|').map((part) => unescaped(part))
  const { prefix, number } = amountOf(amount, name)
  const condition = comparison(prefix, number, 'v.low', 'v.high')
  if (code === '') return condition
  if (system === '') return sql`(${condition} and (v.code = ${code} or v.unit = ${code}))`
  const same = sql`(${condition} and v.system = ${system} and v.code = ${code})`
  const unit = canonicalUnit(system, code)
  if (unit === undefined) return same
  const base = { value: unit.of(number.value), from: unit.of(number.from), until: unit.of(number.until) }
  const converted = comparison(prefix, base, 'v.canonical_low', 'v.canonical_high')
  return sql`(${same} or (v.canonical_unit = ${unit.dimension} and ${converted}))`
}

/** Start and end of a stretch, each with a comparator of its own. Throws 400. */
export function stretchCondition(name: string, start: string, end: string): Statement {
  const [from, until] = [amountOf(start, name), amountOf(end, name)]
  return sql`(${comparison(from.prefix, from.number, 'v.low', 'v.low')}
    and ${comparison(until.prefix, until.number, 'v.high', 'v.high')})`
}

function comparison(prefix: string, { value, from, until }: SearchNumber, lowest: string, highest: string): Statement {
  const [low, high] = [raw(lowest), raw(highest)]
  const double = (number: number) => sql`${number}::double precision`
  // With more digits than a double holds, the range is empty and only the value itself is left.
  const isValue = sql`${low} = ${double(value)} and ${high} = ${double(value)}`
  const isWithin = sql`(${low} >= ${double(from)} and ${high} < ${double(until)} or ${isValue})`
  switch (prefix) {
    case 'ne':
      return sql`not ${isWithin}`
    case 'lt':
      return sql`${low} < ${double(value)}`
    case 'eb':
      return sql`${high} < ${double(value)}`
    case 'gt':
      return sql`${high} > ${double(value)}`
    case 'sa':
      return sql`${low} > ${double(value)}`
    case 'le':
      return sql`${low} <= ${double(value)}`
    case 'ge':
      return sql`${high} >= ${double(value)}`
    case 'ap': {
      const slack = Math.abs(value) / 10
      return sql`(${low} <= ${double(value + slack)} and ${high} >= ${double(value - slack)})`
    }
    default:
      return isWithin
  }
}
