import { useState } from 'preact/hooks'
import type { OutputOf } from '../../../kernel/contract.ts'
import { refresh, useQuery } from '../../../web/client/cache.ts'
import { call } from '../../../web/client/endpoint.ts'
import { useHasPassword } from '../../../web/client/session.ts'
import { fields } from '../../../web/fields.ts'
import { ago } from '../../../web/format.ts'
import { Field, FormDialog } from '../../../web/parts/Form.tsx'
import type { Read } from '../../../web/parts/fieldTable.ts'
import { Empty, Shown } from '../../../web/parts/Page.tsx'
import { FieldError } from '../../../web/parts/reading.ts'
import { complain, say } from '../../../web/parts/Toast.tsx'
import type { auth } from '../contract.ts'
import { listPasskeys, removePasskey, renamePasskey, waysToSignIn } from './endpoints.ts'
import { doorsTexts } from './texts.ts'
import { canPasskey, isCancelled, makePasskey } from './webauthn.ts'

type Passkey = OutputOf<(typeof auth)['operations']['listPasskeys']>['passkeys'][number]

/** Passkeys: made on this device, named, removed. Nothing where the platform's address can't have any. */
export function Passkeys() {
  const t = doorsTexts()
  const ways = useQuery(waysToSignIn, {})
  const host = ways.value?.passkeys?.rp_id
  const answer = useQuery(listPasskeys, {})
  const [isMaking, setMaking] = useState(false)
  const [chosen, choose] = useState<Passkey>()
  if (host === undefined && (answer.value?.passkeys.length ?? 0) === 0) return null
  return (
    <section class="card">
      <div class="row">
        <h2>{t.passkeys}</h2>
        {canPasskey(host) && (
          <button type="button" class="button quiet" onClick={() => setMaking(true)}>
            {t.newPasskey}
          </button>
        )}
      </div>
      <p class="soft">{t.passkeysText}</p>
      <Shown answer={answer}>
        {({ passkeys }) =>
          passkeys.length === 0 ? (
            <Empty text={t.noPasskeys} />
          ) : (
            <ul class="rows">
              {passkeys.map((one) => (
                <PasskeyRow key={one.id} passkey={one} onRename={() => choose(one)} />
              ))}
            </ul>
          )
        }
      </Shown>
      {isMaking && <NewPasskey onClose={() => setMaking(false)} />}
      {chosen !== undefined && <NewName passkey={chosen} onClose={() => choose(undefined)} />}
    </section>
  )
}

function PasskeyRow({ passkey, onRename }: { readonly passkey: Passkey; readonly onRename: () => void }) {
  const t = doorsTexts()
  const { last_used_at: usedAt, disabled_at: disabledAt } = passkey
  const remove = async () => {
    await call(removePasskey, { id: passkey.id })
    refresh()
    say(t.removed)
  }
  const facts = [
    usedAt === null ? t.passkeyUnused : t.passkeyUsed(ago(usedAt)),
    ...(passkey.is_synced ? [t.passkeySynced] : []),
  ]
  return (
    <li>
      <span class="grow">
        <strong dir="auto">{passkey.name}</strong>
        <small class="soft">{facts.join(' · ')}</small>
      </span>
      {disabledAt !== null && <span class="tag bad">{t.passkeyOff}</span>}
      <span class="actions">
        <button type="button" class="button quiet" onClick={onRename}>
          {t.rename}
        </button>
        <button type="button" class="button quiet" onClick={() => remove().catch(complain)}>
          {t.remove}
        </button>
      </span>
    </li>
  )
}

function NewPasskey({ onClose }: { readonly onClose: () => void }) {
  const t = doorsTexts()
  const hasPassword = useHasPassword()
  const send = async ({ name, password }: Read<typeof fields.addPasskey> & Read<typeof fields.beginPasskey>) => {
    try {
      await makePasskey(name, password)
    } catch (problem) {
      if (isCancelled(problem)) throw new FieldError('', t.passkeyCancelled)
      throw problem
    }
    refresh()
    onClose()
    say(t.passkeyMade)
  }
  return (
    <FormDialog title={t.newPasskey} onClose={onClose} onSend={send} submit={t.passkeyMake}>
      <Field of={fields.addPasskey.name} label={t.passkeyName} value={t.passkeyDefault} />
      {hasPassword ? (
        <Field of={fields.beginPasskey.password} label={t.passkeyPassword} isRequired isFirst />
      ) : (
        <p>{t.passkeyFresh}</p>
      )}
    </FormDialog>
  )
}

function NewName({ passkey, onClose }: { readonly passkey: Passkey; readonly onClose: () => void }) {
  const t = doorsTexts()
  const send = async (input: Read<typeof fields.renamePasskey>) => {
    await call(renamePasskey, { ...input, id: passkey.id })
    refresh()
    onClose()
    say(t.renamed)
  }
  return (
    <FormDialog title={t.rename} onClose={onClose} onSend={send} submit={t.save}>
      <Field of={fields.renamePasskey.name} label={t.passkeyName} value={passkey.name} isFirst />
    </FormDialog>
  )
}
