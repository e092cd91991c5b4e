import { query } from '../../../kernel/contract.ts'
import { findInput, foundOutput } from '../../../kernel/fields.ts'

export const FOUND_KINDS = ['symptom', 'goal', 'alert'] as const

export const findOperations = {
  findTracked: query({
    summary: 'Symptoms, goals and alerts with these words; of another’s record, of the parts that are open',
    route: 'GET /health-tracking/find',
    access: { kind: 'person', category: 'vitals', orCategories: ['symptoms', 'goals'] },
    input: findInput,
    output: foundOutput(FOUND_KINDS),
  }),
}
