import { useState } from 'preact/hooks'
import { useQuery } from '../../../web/client/cache.ts'
import { loadSession } from '../../../web/client/session.ts'
import { complain } from '../../../web/parts/Toast.tsx'
import { goOn } from '../../../web/router.tsx'
import { texts } from '../../../web/texts/catalogue.ts'
import { waysToSignIn } from './endpoints.ts'
import { doorsTexts } from './texts.ts'
import { canPasskey, isCancelled, usePasskey } from './webauthn.ts'

const NAMES: Readonly<Record<string, string>> = { google: 'Google', github: 'GitHub', microsoft: 'Microsoft' }

/** Ways to sign in beside the password, as far as they are set up here and this browser can use them. */
export function OtherWays() {
  const t = doorsTexts()
  const [isBusy, setBusy] = useState(false)
  const ways = useQuery(waysToSignIn, {}).value
  const hasPasskeys = canPasskey(ways?.passkeys?.rp_id)
  const social = ways?.social ?? []
  if (!hasPasskeys && social.length === 0) return null
  const enter = async () => {
    if (isBusy) return
    setBusy(true)
    try {
      await usePasskey()
      await loadSession()
      goOn()
    } catch (problem) {
      if (!isCancelled(problem)) complain(problem)
    }
    setBusy(false)
  }
  return (
    <div class="ways">
      <p class="soft">{t.or}</p>
      {hasPasskeys && (
        <button type="button" class="button quiet" aria-busy={isBusy} onClick={enter}>
          {isBusy ? texts().form.busy : t.withPasskey}
        </button>
      )}
      {social.map((provider) => (
        <a key={provider} class="button quiet" href={`/api/v1/auth/${provider}/login?return_to=/app/today`}>
          {t.withProvider(NAMES[provider] ?? provider)}
        </a>
      ))}
    </div>
  )
}
