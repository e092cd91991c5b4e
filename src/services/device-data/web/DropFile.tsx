import { useEffect, useRef, useState } from 'preact/hooks'
import { refresh } from '../../../web/client/cache.ts'
import { Problem } from '../../../web/client/endpoint.ts'
import { say } from '../../../web/parts/Toast.tsx'
import { go } from '../../../web/router.tsx'
import { texts } from '../../../web/texts/catalogue.ts'
import type { Import } from './shapes.ts'
import { devicesTexts } from './texts.ts'
import { sendFile, type Upload } from './upload.ts'
import { whole } from './words.ts'

interface Sending {
  readonly name: string
  readonly share: number
}

interface Refusal {
  readonly name: string
  readonly text: string
}

/** A place for files: dropped or chosen, sent one after the other. A single one leads on to its report. */
export function DropFile() {
  const t = devicesTexts().imports
  const [sending, setSending] = useState<Sending>()
  const [refusals, setRefusals] = useState<readonly Refusal[]>([])
  const upload = useRef<Upload>(undefined)
  useEffect(() => () => upload.current?.stop(), [])

  const sendOne = async (file: File): Promise<readonly Import[]> => {
    setSending({ name: file.name, share: 0 })
    upload.current = sendFile(file, (share) => setSending({ name: file.name, share }))
    try {
      const made = await upload.current.done
      return made === undefined ? [] : [made]
    } catch (problem) {
      setRefusals((known) => [...known, { name: file.name, text: textOf(problem) }])
      return []
    }
  }
  const send = async (files: readonly File[]) => {
    setRefusals([])
    const taken: Import[] = []
    for (const file of files) taken.push(...(await sendOne(file)))
    setSending(undefined)
    upload.current = undefined
    refresh()
    const [first] = taken
    if (files.length === 1 && first !== undefined) go(`/app/imports/${first.id}`)
  }
  const stop = () => {
    upload.current?.stop()
    say(t.stopped)
  }
  return (
    <section class="card">
      {sending === undefined ? <DropZone onFiles={send} /> : <Way sending={sending} onStop={stop} />}
      {refusals.map(({ name, text }) => (
        <div key={name} class="notice bad" role="alert">
          <p dir="auto">{t.refused(name)}</p>
          <p dir="auto">{text}</p>
        </div>
      ))}
    </section>
  )
}

function textOf(problem: unknown): string {
  if (!(problem instanceof Problem)) throw problem
  const [fault] = problem.faults
  if (problem.status === 0 || problem.message === '') return texts().errors.unreachable
  return fault === undefined ? problem.message : `${problem.message}: ${fault.field} ${fault.detail}`
}

function DropZone({ onFiles }: { readonly onFiles: (files: readonly File[]) => Promise<void> }) {
  const t = devicesTexts().imports
  const [isOver, setOver] = useState(false)
  const give = (list: FileList | null | undefined) => {
    const files = [...(list ?? [])]
    if (files.length > 0) void onFiles(files)
  }
  const drop = (event: DragEvent) => {
    event.preventDefault()
    setOver(false)
    give(event.dataTransfer?.files)
  }
  const over = (event: DragEvent) => {
    event.preventDefault()
    setOver(true)
  }
  return (
    <label
      class={isOver ? 'empty drop over' : 'empty drop'}
      onDragOver={over}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      <span>{t.drop}</span>
      <span class="button">{t.choose}</span>
      <input
        type="file"
        class="unseen"
        multiple
        aria-label={t.choose}
        onChange={(event) => give(event.currentTarget.files)}
      />
      <small>{t.dropText}</small>
    </label>
  )
}

function Way({ sending, onStop }: { readonly sending: Sending; readonly onStop: () => void }) {
  const t = devicesTexts().imports
  return (
    <>
      <label>
        <span dir="auto">{t.sending(sending.name)}</span> · {whole(sending.share * 100)} %
        <progress max={100} value={sending.share * 100} />
      </label>
      <p class="soft">{t.sendingText}</p>
      <div class="actions">
        <button type="button" class="button quiet" onClick={onStop}>
          {t.stop}
        </button>
      </div>
    </>
  )
}
