import { refresh, useQuery } from '../../../web/client/cache.ts'
import { call } from '../../../web/client/endpoint.ts'
import { loadSession, session } from '../../../web/client/session.ts'
import { useStore } from '../../../web/client/store.ts'
import { fields } from '../../../web/fields.ts'
import { ago, day } from '../../../web/format.ts'
import { Field, Form } from '../../../web/parts/Form.tsx'
import type { Read } from '../../../web/parts/fieldTable.ts'
import { Page, Shown } from '../../../web/parts/Page.tsx'
import { complain, say } from '../../../web/parts/Toast.tsx'
import { accountTexts } from '../../../web/texts/account.ts'
import { texts } from '../../../web/texts/catalogue.ts'
import { Apps } from './Apps.tsx'
import { changePassword, listSessions, revokeSession, updateMe } from './endpoints.ts'
import { Keys } from './Keys.tsx'
import { Passkeys } from './Passkeys.tsx'
import { SecondStep } from './SecondStep.tsx'

/** Who the account belongs to, and everything that keeps it theirs. */
export function AccountPage() {
  const t = accountTexts()
  const state = useStore(session)
  if (state.kind !== 'somebody') return null
  const { account } = state.session
  return (
    <Page title={t.title} lead={account.email ?? account.phone_number ?? ''} back={['/app/more', texts().nav.more]}>
      <NameCard name={account.name} />
      {account.has_password !== false && <PasswordCard email={account.email} />}
      <Passkeys />
      <SecondStep />
      <Sessions />
      <Apps />
      <Keys />
    </Page>
  )
}

function NameCard({ name }: { readonly name: string }) {
  const t = accountTexts()
  const send = async (input: Read<typeof fields.updateMe>) => {
    await call(updateMe, input)
    await loadSession()
    say(t.nameSaved)
  }
  return (
    <section class="card">
      <h2>{t.name}</h2>
      <Form onSend={send} submit={texts().form.save} class="form inline">
        <Field of={fields.updateMe.name} isRequired label={t.yourName} value={name} autocomplete="name" />
      </Form>
    </section>
  )
}

function PasswordCard({ email }: { readonly email: string | null }) {
  const t = accountTexts()
  const send = async (input: Read<typeof fields.changePassword>) => {
    const { warnings = [] } = await call(changePassword, input)
    say([t.passwordChanged, ...warnings].join(' '))
    refresh()
  }
  return (
    <section class="card">
      <details>
        <summary>
          <h2>{t.password}</h2>
        </summary>
        <Form onSend={send} submit={t.changePassword}>
          {email !== null && <input type="hidden" name="username" value={email} autocomplete="username" />}
          <Field of={fields.changePassword.current_password} label={t.oldPassword} />
          <Field
            of={fields.changePassword.new_password}
            label={t.newPassword}
            autocomplete="new-password"
            hint={texts().door.passwordHint}
          />
        </Form>
      </details>
    </section>
  )
}

function Sessions() {
  const t = accountTexts()
  const answer = useQuery(listSessions, {})
  const end = async (id: string) => {
    await call(revokeSession, { id })
    refresh()
    say(t.sessionEnded)
  }
  return (
    <section class="card">
      <h2>{t.sessions}</h2>
      <p class="soft">{t.sessionsText}</p>
      <Shown answer={answer}>
        {({ sessions }) => (
          <ul class="rows">
            {sessions.map((one) => (
              <li key={one.id}>
                <span class="grow">
                  <strong>{deviceOf(one.user_agent)}</strong>
                  <small class="soft">
                    {t.session(day(one.created_at), ago(one.last_seen_at))}
                    {one.address !== '' && ` · ${one.address}`}
                  </small>
                </span>
                {one.is_current ? (
                  <span class="tag good">{t.thisOne}</span>
                ) : (
                  <button type="button" class="button quiet" onClick={() => end(one.id).catch(complain)}>
                    {t.end}
                  </button>
                )}
              </li>
            ))}
          </ul>
        )}
      </Shown>
    </section>
  )
}

/** A browser and a system, as far as the user agent tells. */
function deviceOf(agent: string): string {
  const browser = /Edg|OPR|Firefox|Chrome|Safari/.exec(agent)?.[0]
  const system = /Android|iPhone|iPad|Windows|Mac OS X|Linux/.exec(agent)?.[0]
  const names: Readonly<Record<string, string>> = { Edg: 'Edge', OPR: 'Opera', 'Mac OS X': 'Mac' }
  const words = [browser, system].flatMap((one) => (one === undefined ? [] : [names[one] ?? one]))
  return words.length === 0 ? accountTexts().otherProgram : words.join(' · ')
}
