import { defineContract } from '../../kernel/contract.ts'
import { accountOperations } from './contract/account.ts'
import { adminOperations } from './contract/admin.ts'
import { codeOperations } from './contract/codes.ts'
import { events } from './contract/events.ts'
import { internalOperations } from './contract/internal.ts'
import { keyOperations } from './contract/keys.ts'
import { passkeyOperations, passkeyStreams } from './contract/passkeys.ts'
import { signInOperations } from './contract/signIn.ts'
import { smartOperations, smartStreams } from './contract/smart.ts'
import { streams } from './contract/streams.ts'

export const auth = defineContract({
  name: 'auth',
  summary: 'Accounts, every way to sign in, sessions, API keys and roles.',
  summaryIn: {
    hi: 'खाते, साइन इन के सभी तरीके, सत्र, API कुंजियाँ और भूमिकाएँ।',
    ar: 'الحسابات وكل طرق تسجيل الدخول والجلسات ومفاتيح API والأدوار.',
    ms: 'Akaun, semua cara log masuk, sesi, kunci API dan peranan.',
  },
  names: ['auth'],
  provides: { authentication: 'resolveCredential' },
  operations: {
    ...signInOperations,
    ...accountOperations,
    ...keyOperations,
    ...adminOperations,
    ...internalOperations,
    ...smartOperations,
    ...passkeyOperations,
    ...codeOperations,
  },
  events,
  streams: { ...streams, ...smartStreams, ...passkeyStreams },
})
