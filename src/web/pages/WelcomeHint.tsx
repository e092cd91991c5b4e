import { readPreferences } from '../../services/user-profile/web/endpoints.ts'
import { useQuery } from '../client/cache.ts'
import { lookedAt } from '../client/endpoint.ts'
import { session } from '../client/session.ts'
import { useStore } from '../client/store.ts'
import { complain } from '../parts/Toast.tsx'
import { Link } from '../router.tsx'
import { keepProgress, progressOf, STEPS } from './welcomeProgress.ts'
import { welcomeTexts } from './welcomeTexts.ts'

/** The way back to the first questions, on Today, until they are through or the person wants no more of them. */
export function WelcomeHint() {
  const state = useStore(session)
  const isOwn = useStore(lookedAt) === undefined
  const isAsked = state.kind === 'somebody' && !state.session.account.is_demo && isOwn
  const { value } = useQuery(readPreferences, isAsked ? {} : undefined)
  const t = welcomeTexts()
  if (!isAsked || value === undefined) return null
  const { done, isDismissed } = progressOf(value.custom_preferences)
  const left = STEPS.length - done.length
  if (isDismissed || left === 0) return null
  const dismiss = () => keepProgress((before) => ({ ...before, isDismissed: true })).catch(complain)
  return (
    <section class="card">
      <h2>{t.hint}</h2>
      <p class="soft">{t.hintText(left)}</p>
      <p class="actions">
        <Link to="/app/welcome" class="button">
          {t.hintGo}
        </Link>
        <button type="button" class="button quiet" onClick={() => void dismiss()}>
          {t.hintDismiss}
        </button>
      </p>
    </section>
  )
}
