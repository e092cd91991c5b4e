import { defineService } from '../../kernel/service.ts'
import { auth } from './contract.ts'
import { authSettings, socialSettings } from './domain/settings.ts'
import * as account from './handlers/account.ts'
import * as admin from './handlers/admin.ts'
import { createKey, listKeys, revokeKey } from './handlers/apiKeys.ts'
import * as claims from './handlers/claims.ts'
import { drawCode } from './handlers/codes.ts'
import { confirmHolder, listHolders } from './handlers/holders.ts'
import { login } from './handlers/login.ts'
import * as mfa from './handlers/mfa.ts'
import * as mobile from './handlers/mobile.ts'
import { tellHolder } from './handlers/notify.ts'
import * as passkeys from './handlers/passkeys.ts'
import * as passwords from './handlers/passwords.ts'
import { requestCode } from './handlers/phone.ts'
import { createAnonymousAccount, register } from './handlers/register.ts'
import * as research from './handlers/research.ts'
import { resolveCredential } from './handlers/resolve.ts'
import * as sessions from './handlers/sessions.ts'
import { createAdministrator, createSetupLink, firstRun, markDemo } from './handlers/setup.ts'
import { signup } from './handlers/signup.ts'
import * as apps from './handlers/smart/apps.ts'
import { changeClient, listClients, registerClient } from './handlers/smart/clients.ts'
import { jobs } from './jobs.ts'
import { routes } from './routes.ts'
import { eraseAll, exportAll } from './store/personal.ts'

const signIn = { login, register, signup, requestCode, resolveCredential, createAnonymousAccount, tellHolder }
const keys = { createKey, listKeys, revokeKey, createAdministrator, createSetupLink, confirmHolder, listHolders }

const first = { firstRun, markDemo }
const clients = { registerClient, listClients, changeClient }

export const service = defineService({
  contract: auth,
  needs: [],
  handlers: {
    ...account,
    ...admin,
    ...claims,
    ...mfa,
    ...mobile,
    ...passkeys,
    ...passwords,
    ...research,
    ...sessions,
    ...signIn,
    ...keys,
    ...first,
    ...apps,
    ...clients,
    drawCode,
  },
  routes,
  jobs,
  settings: { ...authSettings, ...socialSettings },
  personal: { exportAll, eraseAll },
})
