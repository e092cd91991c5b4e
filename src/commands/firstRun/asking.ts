import { systemCaller } from '../../kernel/context.ts'
import { newId } from '../../kernel/ids.ts'
import type { Platform } from '../../kernel/platform.ts'
import { auth } from '../../services/auth/contract.ts'

/** Headers of pages with forms: their address may be told to ourselves, so that a form can say where it comes from. */
export const PAGE_HEADERS = { 'referrer-policy': 'same-origin', 'cache-control': 'no-store' }

export interface FirstRun {
  readonly has_account: boolean
  readonly is_setup_open: boolean
}

/** Whether anybody has an account of their own, and whether the token of a set-up link is good. */
export async function firstRunOf(platform: Platform, token?: string): Promise<FirstRun> {
  const input = token === undefined || token.length > 200 ? {} : { setup_token: token }
  return (await platform.door.call(auth.operations.firstRun, input, systemCaller(newId()))) as FirstRun
}
