import { errorIssue, type Issue } from '../contract/outcome.ts'

/** Why a rule refuses; the handlers answer it with the error of that code. */
export type RefusalCode = 'bad_request' | 'validation_failed' | 'precondition_failed'

/** A refusal of the rules, with its issues one by one. */
export class Refused extends Error {
  readonly code: RefusalCode
  readonly issues: readonly Issue[]

  constructor(code: RefusalCode, issues: readonly Issue[]) {
    super(issues[0]?.text ?? 'Refused')
    this.code = code
    this.issues = issues
  }
}

/** A refusal of one sentence. */
export function refused(code: RefusalCode, text: string): Refused {
  const issueCodes = { bad_request: 'invalid', validation_failed: 'processing', precondition_failed: 'conflict' }
  return new Refused(code, [errorIssue(issueCodes[code], text)])
}

/** 400 for a search that can't be understood. */
export function badSearch(text: string): Refused {
  return refused('bad_request', text)
}
