import { Problem } from '../client/endpoint.ts'
import { day } from '../format.ts'
import { texts } from '../texts/catalogue.ts'
import { faultSaid, problemSaid, type Said } from '../texts/serverWords.ts'
import type { Rules } from './fieldTable.ts'
import { formTexts } from './formTexts.ts'
import { FieldError, readField } from './reading.ts'

/** What stands in the fields, `empty` for those where nothing does, and what is wrong with it. */
export function readForm(form: HTMLFormElement, drawn: ReadonlyMap<string, Rules>, empty?: null) {
  const data = new FormData(form)
  const input: Record<string, unknown> = {}
  const faults = new Map<string, Said>()
  for (const [name, field] of drawn) {
    const element = form.elements.namedItem(name)
    // A field that was drawn before, and is gone.
    if (element === null) continue
    try {
      if (element instanceof HTMLInputElement) checkDay(element)
      const value = readField(field, data.getAll(name).map(String)) ?? empty
      if (value !== undefined) input[name] = value
    } catch (problem) {
      if (!(problem instanceof FieldError)) throw problem
      faults.set(name, { text: problem.message })
    }
  }
  const values = Object.fromEntries([...data].map(([name, value]) => [name, String(value)]))
  return { input: drawn.size === 0 ? values : input, faults, values }
}

/** Throws what is wrong with a day: half a date is no text, and what is due has its bounds. */
function checkDay({ name, validity, min, max }: HTMLInputElement): void {
  const t = formTexts()
  if (validity.badInput) throw new FieldError(name, t.date)
  if (validity.rangeUnderflow) throw new FieldError(name, t.notBefore(day(min)))
  if (validity.rangeOverflow) throw new FieldError(name, t.notAfter(day(max)))
}

/** Each fault under the name of its field; what fits no field of the form under ''. */
export function faultsOf(problem: unknown, form: HTMLFormElement | null): Map<string, Said> {
  if (problem instanceof FieldError) return new Map([[problem.field, { text: problem.message }]])
  if (!(problem instanceof Problem)) throw problem
  const faults = new Map<string, Said>()
  for (const { field, detail } of problem.faults) {
    const isShown = form?.elements.namedItem(field) != null
    if (isShown) faults.set(field, faultSaid(sentence(detail)))
    else faults.set('', faultSaid(sentence(`${field.replaceAll('_', ' ')} ${detail}`)))
  }
  if (faults.size > 0) return faults
  const { code, status, message } = problem
  const said = status === 0 ? { text: texts().errors.unreachable } : problemSaid({ code, message: sentence(message) })
  return faults.set('', said)
}

function sentence(text: string): string {
  const trimmed = text.trim()
  return `${trimmed.charAt(0).toUpperCase()}${trimmed.slice(1)}`
}
