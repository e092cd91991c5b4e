import { useState } from 'preact/hooks'
import { refresh } from '../../../web/client/cache.ts'
import { call, lookedAt } from '../../../web/client/endpoint.ts'
import { loadSession, lookAt, type Person, session } from '../../../web/client/session.ts'
import { useStore } from '../../../web/client/store.ts'
import { fields } from '../../../web/fields.ts'
import { Choice, Field, FormDialog } from '../../../web/parts/Form.tsx'
import type { Read } from '../../../web/parts/fieldTable.ts'
import { Empty, Page } from '../../../web/parts/Page.tsx'
import { say } from '../../../web/parts/Toast.tsx'
import { go } from '../../../web/router.tsx'
import { texts } from '../../../web/texts/catalogue.ts'
import { createProfile, removeProfile } from './endpoints.ts'

/** The people the account keeps a record for. */
export function PeoplePage() {
  const t = texts().people
  const state = useStore(session)
  const [isAdding, setAdding] = useState(false)
  const people = state.kind === 'somebody' ? state.session.people : []
  const kept = people.filter((one) => !one.is_own && one.isShared !== true)
  const add = (
    <button type="button" class="button" onClick={() => setAdding(true)}>
      {t.add}
    </button>
  )
  return (
    <Page
      title={t.title}
      lead={t.lead}
      back={['/app/more', texts().nav.more]}
      {...(kept.length === 0 ? {} : { aside: add })}
    >
      {kept.length === 0 ? (
        <Empty text={t.empty} action={add} />
      ) : (
        <ul class="cards">
          {kept.map((person) => (
            <PersonCard key={person.id} person={person} />
          ))}
        </ul>
      )}
      {isAdding && <AddPerson onClose={() => setAdding(false)} />}
    </Page>
  )
}

function PersonCard({ person }: { readonly person: Person }) {
  const t = texts().people
  const current = useStore(lookedAt)
  const [isRemoving, setRemoving] = useState(false)
  const name = person.display_name ?? t.unnamed
  const open = () => {
    lookAt(person.id)
    go('/app/today')
  }
  return (
    <li class="card person">
      <span class="initial" aria-hidden="true">
        {name.charAt(0).toUpperCase()}
      </span>
      <span class="grow">
        <strong dir="auto">{name}</strong>
        <small class="soft">
          {t.relationships[person.relationship ?? 'other']}
          {typeof person.age_years === 'number' && ` · ${t.years(person.age_years)}`}
        </small>
      </span>
      {current === person.id ? (
        <span class="tag good">{t.shownNow}</span>
      ) : (
        <button type="button" class="button quiet" onClick={open}>
          {t.open}
        </button>
      )}
      <button type="button" class="link bad" onClick={() => setRemoving(true)}>
        {t.remove}
        <span class="unseen"> {name}</span>
      </button>
      {isRemoving && <RemovePerson person={person} name={name} onClose={() => setRemoving(false)} />}
    </li>
  )
}

function AddPerson({ onClose }: { readonly onClose: () => void }) {
  const t = texts().people
  const { self: _self, ...kept } = t.relationships
  const send = async (input: Read<typeof fields.createProfile>) => {
    await call(createProfile, input)
    await loadSession()
    onClose()
    say(t.added(String(input.display_name)))
  }
  return (
    <FormDialog title={t.add} onClose={onClose} onSend={send} submit={t.add}>
      <Field of={fields.createProfile.display_name} label={t.name} isFirst />
      <Choice of={fields.createProfile.relationship} label={t.relationship} words={kept} />
      <Field of={fields.createProfile.date_of_birth} label={t.birth} hint={t.birthHint} />
    </FormDialog>
  )
}

interface RemoveProps {
  readonly person: Person
  readonly name: string
  readonly onClose: () => void
}

function RemovePerson({ person, name, onClose }: RemoveProps) {
  const t = texts().people
  const send = async () => {
    await call(removeProfile, {}, { params: { profile_id: person.id } })
    if (lookedAt.get() === person.id) lookAt(undefined)
    await loadSession()
    refresh()
    onClose()
    say(t.removed(name))
  }
  return (
    <FormDialog title={t.removeTitle(name)} onClose={onClose} onSend={send} submit={t.removeForGood} isDangerous>
      <p>{t.removeText}</p>
    </FormDialog>
  )
}
