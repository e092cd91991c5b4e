import { defineService } from '../../kernel/service.ts'
import { auth } from './contract.ts'
import { authSettings } from './domain/settings.ts'
import * as account from './handlers/account.ts'
import { login } from './handlers/login.ts'
import * as register from './handlers/register.ts'
import { resolveCredential } from './handlers/resolve.ts'
import { eraseAll, exportAll } from './store/personal.ts'

export const service = defineService({
  contract: auth,
  needs: [],
  handlers: { ...register, ...account, login, resolveCredential },
  settings: authSettings,
  personal: { exportAll, eraseAll },
})
