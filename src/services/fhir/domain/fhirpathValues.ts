import { boundaryOf, precisionOf } from './fhirpathDates.ts'
import { type Argument, type Node, nodeOf, type Run, textOf, Unsupported } from './fhirpathNodes.ts'
import { amountOf, areComparable, digitsOf, quantityNode, quantityText, readQuantity } from './fhirpathQuantities.ts'
import { isObject } from './json.ts'

const boolean = (value: boolean): readonly Node[] => [nodeOf(value, 'boolean')]
const given0 = (focus: readonly Node[], given: readonly Argument[]) => given[0]?.(focus)[0]

/** The one item; undefined for none. Throws `Unsupported` for several. */
function only(focus: readonly Node[]): Node | undefined {
  if (focus.length > 1) throw new Unsupported('a function of several')
  return focus[0]?.value === undefined ? undefined : focus[0]
}

function toQuantity(node: Node): Node | undefined {
  if (typeof node.value === 'boolean') return quantityNode(node.value ? 1 : 0, '1', node.value ? '1.0' : '0.0')
  if (typeof node.value === 'number') return quantityNode(node.value, '1', textOf(node))
  if (typeof node.value === 'string') return readQuantity(node.value)
  return isObject(node.value) && amountOf(node) !== undefined ? node : undefined
}

/** The digits that an edge is told with when none are asked for, and the most there are. */
const USUAL_DIGITS = 8
const MOST_DIGITS = 15

/** The lowest or highest number that one written so may stand for. */
function numberBoundary(text: string, isHigh: boolean, digits: number): string | undefined {
  if (digits < 0 || digits > MOST_DIGITS) return undefined
  const places = digitsOf(text) + 1
  // In whole steps of half the last digit, so that nothing is lost.
  const edge = BigInt(Math.round(Number(text) * 10 ** (places - 1))) * 10n + (isHigh ? 5n : -5n)
  const shift = digits - places
  const size = 10n ** BigInt(Math.abs(shift))
  let scaled = shift >= 0 ? edge * size : edge / size
  if (shift < 0 && edge % size !== 0n) {
    if (isHigh && edge > 0n) scaled += 1n
    if (!isHigh && edge < 0n) scaled -= 1n
  }
  const plain = (scaled < 0n ? -scaled : scaled).toString().padStart(digits + 1, '0')
  const whole = plain.slice(0, plain.length - digits)
  return `${scaled < 0n ? '-' : ''}${whole}${digits === 0 ? '' : `.${plain.slice(plain.length - digits)}`}`
}

const DATED: Readonly<Record<string, readonly ['date' | 'dateTime' | 'time', number]>> = {
  date: ['date', 8],
  dateTime: ['dateTime', 17],
  instant: ['dateTime', 17],
  time: ['time', 9],
}

const boundary =
  (isHigh: boolean): Run =>
  (focus, given) => {
    const node = only(focus)
    if (node === undefined) return []
    const asked = given0(focus, given)?.value
    const dated = DATED[node.type]
    if (dated !== undefined) {
      const [kind, usual] = dated
      const wanted = typeof asked === 'number' ? asked : usual
      const text = boundaryOf(String(node.value), wanted > 8 && kind === 'date' ? 'dateTime' : kind, isHigh, wanted)
      return text === undefined ? [] : [nodeOf(text, node.type)]
    }
    const amount = amountOf(node)
    if (amount === undefined) throw new Unsupported('the boundary of what has none')
    const text = numberBoundary(amount.text, isHigh, typeof asked === 'number' ? asked : USUAL_DIGITS)
    if (text === undefined) return []
    if (isObject(node.value)) return [quantityNode(Number(text), amount.unit, text)]
    return [{ ...nodeOf(Number(text), 'decimal'), text }]
  }

const moment =
  (type: string, write: (iso: string) => string): Run =>
  (_focus, _given, scope) => {
    if (scope.now === undefined) throw new Unsupported('the time of now')
    return [nodeOf(write(scope.now.toISOString()), type)]
  }

/** FHIRPath's functions of amounts, precision and the time of now. */
export const VALUE_FUNCTIONS: Readonly<Record<string, Run>> = {
  now: moment('dateTime', (iso) => iso.replace('Z', '+00:00')),
  today: moment('date', (iso) => iso.slice(0, 10)),
  timeOfDay: moment('time', (iso) => iso.slice(11, -1)),
  lowBoundary: boundary(false),
  highBoundary: boundary(true),
  precision: (focus) => {
    const node = only(focus)
    if (node === undefined) return []
    if (DATED[node.type] !== undefined) {
      const digits = precisionOf(String(node.value))
      return digits === undefined ? [] : [nodeOf(digits, 'integer')]
    }
    const amount = amountOf(node)
    if (amount === undefined) throw new Unsupported('the precision of what has none')
    return [nodeOf(digitsOf(amount.text), 'integer')]
  },
  comparable: (focus, given) => {
    const [left, right] = [amountOf(only(focus)), amountOf(given0(focus, given))]
    return left === undefined || right === undefined ? [] : boolean(areComparable(left, right))
  },
  toQuantity: (focus, given) => {
    const node = only(focus)
    const made = node === undefined ? undefined : toQuantity(node)
    const unit = given0(focus, given)
    if (made === undefined || unit === undefined) return made === undefined ? [] : [made]
    const wanted = amountOf(quantityNode(1, textOf(unit)))
    const own = amountOf(made)
    return own !== undefined && wanted !== undefined && areComparable(own, wanted) ? [made] : []
  },
  convertsToQuantity: (focus) => {
    const node = only(focus)
    return node === undefined ? [] : boolean(toQuantity(node) !== undefined)
  },
  toString: (focus: readonly Node[]) => {
    const node = only(focus)
    if (node === undefined) return []
    const text = isObject(node.value) ? quantityText(node) : textOf(node)
    return text === undefined ? [] : [nodeOf(text, 'string')]
  },
  convertsToString: (focus) => {
    const node = only(focus)
    if (node === undefined) return []
    return boolean(!isObject(node.value) || quantityText(node) !== undefined)
  },
}
