import type { StreamHandler } from '../../kernel/service.ts'
import * as pages from './handlers/pages.ts'
import * as plain from './handlers/plain.ts'
import { authorizeApp, authorizeAppByPost } from './handlers/smart/authorize.ts'
import { continueApp, decideApp } from './handlers/smart/consent.ts'
import * as discovery from './handlers/smart/discovery.ts'
import { appUserinfo, introspect, revokeToken } from './handlers/smart/inspect.ts'
import { registerItself, removeItself } from './handlers/smart/registration.ts'
import { secondStepForApp, signInForApp } from './handlers/smart/signIn.ts'
import { token } from './handlers/smart/token.ts'
import { socialCallback, socialLogin } from './handlers/social.ts'
import * as web from './handlers/web.ts'

/** What is not JSON in and out: pages for people, sessions by cookie, and the way to other sign-ins and back. */
export const routes: Readonly<Record<string, StreamHandler>> = {
  ...pages,
  ...web,
  ...plain,
  socialLogin,
  socialCallback,
  ...discovery,
  token,
  introspect,
  revokeToken,
  appUserinfo,
  registerItself,
  removeItself,
  authorizeApp,
  authorizeAppByPost,
  continueApp,
  signInForApp,
  secondStepForApp,
  decideApp,
}
