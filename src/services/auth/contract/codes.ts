import { query } from '../../../kernel/contract.ts'
import { list, object, Type } from '../../../kernel/fields.ts'

/** About what a code of 15 % correction holds and a phone still reads from a screen. */
export const LONGEST_CODE_BYTES = 1500

/** What the pages of the client have drawn, on every board: the second step of signing in needs it first. */
export const codeOperations = {
  drawCode: query({
    summary: 'A text as a QR code: its squares row by row, 1 for dark; nothing of it is kept',
    route: 'POST /qr',
    access: { kind: 'account' },
    input: object({ text: Type.String({ minLength: 1, maxLength: LONGEST_CODE_BYTES }) }),
    output: object({ rows: list(Type.String(), 200) }),
  }),
}
