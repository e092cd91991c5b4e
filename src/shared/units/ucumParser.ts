import { type Dimension, type Dimensions, UCUM_ATOMS, UCUM_PREFIXES, type UcumAtom } from './ucumAtoms.ts'

/** One unit expression reduced to its base: `base = (value + offset) * factor`. */
export interface ParsedUnit {
  readonly factor: number
  readonly offset: number
  readonly dimensions: Dimensions
}

/** Longer texts are no unit anybody writes, and are not worth parsing. */
const MAXIMUM_LENGTH = 60
const MAXIMUM_EXPONENT = 9
/** One component: a power of ten, an integer, or a symbol with an optional exponent; each with optional `{annotation}`. */
const COMPONENT =
  /^(?:(10[*^])([+-]?\d+)?|(\d{1,9})|((?:[A-Za-z%_]|\[[A-Za-z0-9_]+\])+)([+-]?\d+)?)?((?:\{[\x20-\x7a|~]*\})*)$/

interface Component {
  readonly atom: UcumAtom
  readonly scale: number
  readonly exponent: number
}

/**
 * Reads a UCUM expression such as `mg/dL`, `10*9/L`, `mL/min/{1.73_m2}` or `kg/m2` (case-sensitive, as UCUM's c/s column).
 * @returns its factor, offset and dimensions, or undefined when it is no expression of the atoms known here
 *   (parentheses are not supported; a temperature scale with an offset stands alone).
 */
export function parseUcum(text: string): ParsedUnit | undefined {
  if (text.length === 0 || text.length > MAXIMUM_LENGTH) return undefined
  const dimensions: Partial<Record<Dimension, number>> = {}
  let factor = 1
  const pieces = splitComponents(text)
  for (const piece of pieces) {
    const component = parseComponent(piece.text)
    if (!component) return undefined
    if (component.atom.offset !== undefined) return soleAffine(pieces.length, piece.sign, component)
    const power = component.exponent * piece.sign
    factor *= (component.scale * component.atom.factor) ** power
    for (const [name, exponent] of Object.entries(component.atom.dimensions) as [Dimension, number][])
      dimensions[name] = (dimensions[name] ?? 0) + exponent * power
  }
  for (const name of Object.keys(dimensions) as Dimension[]) if (dimensions[name] === 0) delete dimensions[name]
  return { factor, offset: 0, dimensions }
}

/** Whether two sets of dimensions are the same. */
export function sameDimensions(left: Dimensions, right: Dimensions): boolean {
  const names = new Set([...Object.keys(left), ...Object.keys(right)]) as Set<Dimension>
  for (const name of names) if ((left[name] ?? 0) !== (right[name] ?? 0)) return false
  return true
}

function soleAffine(componentCount: number, sign: number, component: Component): ParsedUnit | undefined {
  const { atom, scale, exponent } = component
  if (componentCount !== 1 || sign !== 1 || exponent !== 1 || scale !== 1) return undefined
  return { factor: atom.factor, offset: atom.offset ?? 0, dimensions: atom.dimensions }
}

function splitComponents(text: string): { text: string; sign: 1 | -1 }[] {
  const pieces: { text: string; sign: 1 | -1 }[] = []
  let current = ''
  let sign: 1 | -1 = 1
  let depth = 0
  for (const [index, letter] of [...text].entries()) {
    if (letter === '{' || letter === '[') depth += 1
    if (letter === '}' || letter === ']') depth -= 1
    if (depth > 0 || (letter !== '/' && letter !== '.')) current += letter
    else {
      if (index > 0) pieces.push({ text: current, sign })
      else if (letter === '.') pieces.push({ text: '', sign })
      current = ''
      sign = letter === '/' ? -1 : 1
    }
  }
  pieces.push({ text: current, sign })
  return pieces
}

const UNITY: UcumAtom = { factor: 1, dimensions: {} }

function parseComponent(text: string): Component | undefined {
  const match = text === '' ? null : COMPONENT.exec(text)
  if (!match) return undefined
  const [, powerOfTen, tenExponent, integer, symbol, symbolExponent] = match
  const exponent = Number(tenExponent ?? symbolExponent ?? 1)
  if (!Number.isInteger(exponent) || Math.abs(exponent) > (powerOfTen ? 24 : MAXIMUM_EXPONENT)) return undefined
  if (powerOfTen) return { atom: UNITY, scale: 10, exponent }
  if (integer) return Number(integer) > 0 ? { atom: UNITY, scale: Number(integer), exponent: 1 } : undefined
  if (!symbol) return { atom: UNITY, scale: 1, exponent: 1 }
  const atom = UCUM_ATOMS.get(symbol)
  if (atom) return { atom, scale: 1, exponent }
  for (const [prefix, scale] of UCUM_PREFIXES) {
    if (!symbol.startsWith(prefix)) continue
    const prefixed = UCUM_ATOMS.get(symbol.slice(prefix.length))
    if (prefixed?.metric) return { atom: prefixed, scale, exponent }
  }
  return undefined
}
