import { useState } from 'preact/hooks'
import type { OutputOf } from '../../../kernel/contract.ts'
import { refresh, useQuery } from '../../../web/client/cache.ts'
import { call } from '../../../web/client/endpoint.ts'
import { fields } from '../../../web/fields.ts'
import { ago } from '../../../web/format.ts'
import { Desk } from '../../../web/operations/Desk.tsx'
import { operationsTexts } from '../../../web/operations/texts.ts'
import { Dialog } from '../../../web/parts/Dialog.tsx'
import { Form, Ticks } from '../../../web/parts/Form.tsx'
import type { Read } from '../../../web/parts/fieldTable.ts'
import { Empty, Shown } from '../../../web/parts/Page.tsx'
import { complain, say } from '../../../web/parts/Toast.tsx'
import type { auth } from '../contract.ts'
import { listUsers, reactivateUser, setRoles, suspendUser } from './endpoints.ts'

type Operations = (typeof auth)['operations']
type User = OutputOf<Operations['listUsers']>['items'][number]

const PAGE = 50

/** Accounts of the platform: their roles, and a way to shut one out and let it in again. */
export function AccountsPage() {
  const t = operationsTexts().accounts
  const [chosen, choose] = useState<User>()
  return (
    <Desk tab="accounts">
      <section class="card">
        <h2>{t.title}</h2>
        <Rows onChoose={choose} />
      </section>
      {chosen !== undefined && <Change user={chosen} onClose={() => choose(undefined)} />}
    </Desk>
  )
}

function Rows({ cursor, onChoose }: { readonly cursor?: string; readonly onChoose: (user: User) => void }) {
  const t = operationsTexts().accounts
  const answer = useQuery(listUsers, { limit: PAGE, ...(cursor === undefined ? {} : { cursor }) })
  const [isMore, setMore] = useState(false)
  return (
    <Shown answer={answer}>
      {({ items, next_cursor: next }) => (
        <>
          {items.length === 0 && cursor === undefined && <Empty text={t.nobody} />}
          <ul class="rows">
            {items.map((one) => (
              <Row key={one.id} user={one} onChoose={() => onChoose(one)} />
            ))}
          </ul>
          {next !== null && isMore && <Rows cursor={next} onChoose={onChoose} />}
          {next !== null && !isMore && (
            <button type="button" class="button quiet" onClick={() => setMore(true)}>
              {t.more}
            </button>
          )}
        </>
      )}
    </Shown>
  )
}

function Row({ user, onChoose }: { readonly user: User; readonly onChoose: () => void }) {
  const t = operationsTexts().accounts
  const facts = [
    t.number(String(user.seq)),
    ...user.roles.map((role) => t.roleNames[role] ?? role),
    user.last_login === null ? t.neverSeen : t.lastSeen(ago(user.last_login)),
    ...(user.mfa_enabled ? [t.secondStep] : []),
  ]
  return (
    <li>
      <span class="grow">
        <strong dir="auto">{user.email ?? user.phone_number ?? user.name}</strong>
        <small class="soft">{facts.join(' · ')}</small>
      </span>
      {user.status === 'suspended' && <span class="tag bad">{t.suspended}</span>}
      <button type="button" class="button quiet" onClick={onChoose}>
        {t.change}
      </button>
    </li>
  )
}

function Change({ user, onClose }: { readonly user: User; readonly onClose: () => void }) {
  const t = operationsTexts().accounts
  const { id } = user
  const done = (text: string) => {
    refresh()
    onClose()
    say(text)
  }
  const save = async ({ roles = [] }: Partial<Read<typeof fields.setRoles>>) => {
    await call(setRoles, { id, roles })
    done(t.saved)
  }
  const suspend = async () => {
    await call(suspendUser, { id })
    done(t.suspendedNow)
  }
  const reactivate = async () => {
    await call(reactivateUser, { id })
    done(t.reactivated)
  }
  return (
    <Dialog title={user.email ?? user.phone_number ?? user.name} onClose={onClose}>
      <Form onSend={save} submit={t.save}>
        <Ticks
          of={fields.setRoles.roles}
          isRequired={false}
          label={t.roles}
          options={Object.entries(t.roleNames)}
          value={user.roles}
        />
      </Form>
      <hr />
      {user.status === 'suspended' ? (
        <button type="button" class="button quiet" onClick={() => reactivate().catch(complain)}>
          {t.reactivate}
        </button>
      ) : (
        <>
          <p class="soft">{t.suspendText}</p>
          <div class="actions">
            <button type="button" class="button danger" onClick={() => suspend().catch(complain)}>
              {t.suspend}
            </button>
          </div>
        </>
      )}
    </Dialog>
  )
}
