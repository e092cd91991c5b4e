import { useRef, useState } from 'preact/hooks'
import { refresh } from '../../../web/client/cache.ts'
import { Problem } from '../../../web/client/endpoint.ts'
import { Icon } from '../../../web/parts/Icon.tsx'
import { Failure } from '../../../web/parts/Page.tsx'
import { Segments } from '../../../web/parts/Segments.tsx'
import { say } from '../../../web/parts/Toast.tsx'
import { go } from '../../../web/router.tsx'
import { OnlyRead } from './OnlyRead.tsx'
import { sampleReport } from './sampleReport.ts'
import { type Analysis, POLICIES, type Policy, sendFile } from './sendFile.ts'
import { recordsTexts } from './texts.ts'

const TYPES = '.pdf,.jpg,.jpeg,.png,.tif,.tiff,.heic,.dcm,.txt,.hl7,.xml,.json,application/pdf,image/jpeg,image/png'

interface Sending {
  readonly name: string
  readonly share: number
}

/** A file on its way into the record: chosen, dropped here, or photographed. */
export function Upload() {
  const t = recordsTexts().upload
  const [policy, setPolicy] = useState<Policy>('permanent')
  const [sending, setSending] = useState<Sending>()
  const [problem, setProblem] = useState<Problem>()
  const [analysis, setAnalysis] = useState<Analysis>()
  const send = async (file: File | undefined, kept = policy) => {
    if (file === undefined || sending !== undefined) return
    setProblem(undefined)
    setAnalysis(undefined)
    setSending({ name: file.name, share: 0 })
    try {
      const sent = await sendFile(file, kept, (share) => setSending({ name: file.name, share }))
      refresh()
      if (sent.kind === 'only-read') setAnalysis(sent.analysis)
      else {
        if (sent.kind === 'import') say(t.clinicKept)
        else say(sent.isKnown ? t.known : sent.isMade ? t.asJpeg : t.kept)
        go(sent.kind === 'import' ? `/app/records/imports/${sent.imported.id}` : `/app/records/${sent.paper.id}`)
      }
    } catch (fault) {
      if (!(fault instanceof Problem)) throw fault
      setProblem(fault)
    }
    setSending(undefined)
  }
  return (
    <section class="card">
      <div>
        <h2>{t.paper}</h2>
        <p class="soft">{t.paperText}</p>
      </div>
      <div class="field">
        <strong>{t.keep}</strong>
        <Segments
          label={t.keep}
          name="policy"
          options={POLICIES.map((one) => [one, t.policies[one]] as const)}
          value={policy}
          onPick={setPolicy}
        />
        <p class="hint">{t.policyText[policy]}</p>
      </div>
      {sending === undefined ? (
        <>
          <Sources onFile={send} />
          <Sample onTry={() => void send(sampleReport(), 'do_not_store')} />
        </>
      ) : (
        <Progress sending={sending} isKept={policy !== 'do_not_store'} />
      )}
      {problem !== undefined && <Failure problem={problem} />}
      {analysis !== undefined && <OnlyRead analysis={analysis} />}
    </section>
  )
}

/** Shows what reading does before a paper of one's own is given. */
function Sample({ onTry }: { readonly onTry: () => void }) {
  const t = recordsTexts().upload
  return (
    <div>
      <button type="button" class="button quiet" onClick={onTry}>
        {t.sample}
      </button>
      <p class="hint">{t.sampleText}</p>
    </div>
  )
}

function Sources({ onFile }: { readonly onFile: (file: File | undefined) => Promise<void> }) {
  const t = recordsTexts().upload
  const [isOver, setOver] = useState(false)
  const drop = (event: DragEvent) => {
    event.preventDefault()
    setOver(false)
    void onFile(event.dataTransfer?.files[0])
  }
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping is a second way; the buttons within are the first
    <div
      class={isOver ? 'drop over' : 'drop'}
      onDragOver={(event) => {
        event.preventDefault()
        setOver(true)
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      <FileButton word={t.choose} accept={TYPES} onFile={onFile} />
      <span class="soft drop-word">{t.drop}</span>
      <FileButton word={t.take} accept="image/jpeg,image/png" isCamera onFile={onFile} />
    </div>
  )
}

interface FileButtonProps {
  readonly word: string
  readonly accept: string
  readonly isCamera?: boolean
  readonly onFile: (file: File | undefined) => Promise<void>
}

/** On a phone `capture` opens the camera; elsewhere it is a choice of pictures. */
export function FileButton({ word, accept, isCamera = false, onFile }: FileButtonProps) {
  const input = useRef<HTMLInputElement>(null)
  const look = isCamera ? 'button quiet touch-only' : 'button'
  return (
    <>
      <button type="button" class={look} onClick={() => input.current?.click()}>
        <Icon name={isCamera ? 'camera' : 'records'} size={20} /> {word}
      </button>
      <input
        ref={input}
        type="file"
        hidden
        accept={accept}
        {...(isCamera ? { capture: 'environment' } : {})}
        onChange={(event) => {
          const file = event.currentTarget.files?.[0]
          event.currentTarget.value = ''
          void onFile(file)
        }}
      />
    </>
  )
}

function Progress({ sending, isKept }: { readonly sending: Sending; readonly isKept: boolean }) {
  const t = recordsTexts().upload
  const { name, share } = sending
  const isGone = share >= 1
  return (
    <div role="status">
      <p dir="auto">{isGone && !isKept ? t.reading(name) : t.sending(name, Math.round(share * 100))}</p>
      <progress aria-label={name} max={1} {...(isGone ? {} : { value: share })} />
    </div>
  )
}
