import { query } from '../../../kernel/contract.ts'
import { object } from '../../../kernel/fields.ts'
import { UserWithFacts } from './shapes.ts'

const account = { kind: 'account' } as const

export const accountOperations = {
  me: query({
    summary: 'The signed-in account.',
    access: account,
    route: 'GET /auth/me',
    input: object({}),
    output: UserWithFacts,
  }),
}
