import { query } from '../../../kernel/contract.ts'
import { object, Type, text } from '../../../kernel/fields.ts'

/** For other services, where the door can't ask: jobs, and features that are one step of a larger operation. */
export const internalOperations = {
  hasConsent: query({
    summary: 'Whether the person of the call consents to a use at the moment',
    access: { kind: 'service' },
    input: object({ category: text(40), purpose: text(40), recipient: text(40) }),
    output: object({ allowed: Type.Boolean(), consent_id: Type.Union([Type.String(), Type.Null()]) }),
  }),
  mayShare: query({
    summary: 'Whether this account may share the record of the call; 403 for a child without a proven guardian',
    access: { kind: 'service' },
    input: object({}),
    output: object({ allowed: Type.Boolean() }),
  }),
}
