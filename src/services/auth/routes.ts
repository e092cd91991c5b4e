import type { StreamHandler } from '../../kernel/service.ts'
import * as pages from './handlers/pages.ts'
import { socialCallback, socialLogin } from './handlers/social.ts'
import * as web from './handlers/web.ts'

/** What is not JSON in and out: pages for people, sessions by cookie, and the way to other sign-ins and back. */
export const routes: Readonly<Record<string, StreamHandler>> = { ...pages, ...web, socialLogin, socialCallback }
