import type { StreamHandler } from '../../kernel/raw.ts'
import * as pages from './handlers/pages.ts'
import { socialCallback, socialLogin } from './handlers/social.ts'

/** What is not JSON in and out: pages for people, and the way to other sign-ins and back. */
export const routes: Readonly<Record<string, StreamHandler>> = { ...pages, socialLogin, socialCallback }
