import { createContext } from 'preact'
import { useContext, useId } from 'preact/hooks'
import type { Said } from '../texts/serverWords.ts'
import { type FieldOf, type Rules, rulesOf } from './fieldTable.ts'

interface FormState {
  readonly faults: ReadonlyMap<string, Said>
  /** The fields that are drawn, by name. */
  readonly drawn: Map<string, Rules>
}

export const State = createContext<FormState>({ faults: new Map(), drawn: new Map() })

export interface FieldChoice<Value = unknown> {
  /** The field of the operation, from `fields.ts`. */
  readonly of?: FieldOf<Value>
  /** Of a field that no operation has: it is found in the values, not in what was read. */
  readonly name?: string
  /** Where the form asks for more than the operation. */
  readonly isRequired?: boolean | undefined
  readonly hint?: string | undefined
}

/** Has the form read the field, and answers what stands at it. */
export function useField({ of, name = of?.[0] ?? '', isRequired, hint }: FieldChoice) {
  const id = useId()
  const { faults, drawn } = useContext(State)
  const rules = of && rulesOf(of)
  const field = rules && { ...rules, isRequired: isRequired ?? rules.isRequired }
  if (field !== undefined) drawn.set(name, field)
  const fault = faults.get(name)
  const described = [hint === undefined ? '' : `${id}-hint`, fault === undefined ? '' : `${id}-fault`].join(' ').trim()
  return {
    id,
    name,
    field,
    fault,
    class: fault === undefined ? 'field' : 'field wrong',
    said: {
      'aria-invalid': fault !== undefined,
      'aria-describedby': described === '' ? undefined : described,
    },
  }
}
