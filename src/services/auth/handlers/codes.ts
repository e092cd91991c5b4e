import type { InputOf } from '../../../kernel/contract.ts'
import { fieldError } from '../../../kernel/errors.ts'
import { qrRows } from '../../../kernel/qr.ts'
import type { Context } from '../../../kernel/service.ts'
import { type codeOperations, LONGEST_CODE_BYTES } from '../contract/codes.ts'

export async function drawCode(_context: Context, { text }: InputOf<(typeof codeOperations)['drawCode']>) {
  if (Buffer.byteLength(text) > LONGEST_CODE_BYTES) {
    throw fieldError('text', `must be at most ${LONGEST_CODE_BYTES} bytes long`)
  }
  return { rows: await qrRows(text) }
}
