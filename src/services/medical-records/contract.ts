import { command, defineContract, query } from '../../kernel/contract.ts'
import { integer, list, object, optional, Type, text, uuid } from '../../kernel/fields.ts'

const person = { kind: 'person', category: 'health_records' } as const

export const Entry = object({
  id: uuid(),
  note: Type.String(),
  created_at: Type.String({ description: 'ISO 8601, UTC' }),
})

export const medicalRecords = defineContract({
  name: 'medical-records',
  summary: 'Medical records.',
  operations: {
    addEntry: command({
      summary: 'Write a note',
      route: 'POST /medical-records/entries',
      access: person,
      status: 201,
      input: object({ note: text(500) }),
      output: Entry,
    }),
    listEntries: query({
      summary: 'The notes, newest first',
      route: 'GET /medical-records/entries',
      access: person,
      input: object({ limit: optional(integer(1, 1000, { default: 100 })) }),
      output: list(Entry),
    }),
  },
})
