import { useEffect, useState } from 'preact/hooks'
import { refresh, useQuery } from '../../../web/client/cache.ts'
import { call } from '../../../web/client/endpoint.ts'
import { Empty, missingOf, Page, Shown } from '../../../web/parts/Page.tsx'
import { complain, say } from '../../../web/parts/Toast.tsx'
import { Link } from '../../../web/router.tsx'
import { Correction } from './Correction.tsx'
import { Decisions, type Line } from './Decisions.tsx'
import { acceptCertain, acceptValue, rejectValue, reviewDocument } from './endpoints.ts'
import { PaperView } from './PaperView.tsx'
import { recordsTexts } from './texts.ts'
import type { Paper } from './timeline.ts'
import { type Value, valueWords } from './values.ts'

/** The paper on one side, what was read in it on the other: each value is taken, mended or rejected by the person. */
export function ReviewPage({ params }: { readonly params: Readonly<Record<string, string>> }) {
  const t = recordsTexts()
  const id = params.id ?? ''
  const answer = useQuery(reviewDocument, { id })
  const missing = missingOf(answer, t.one.documents)
  const paper = [`/app/records/${id}`, answer.value?.document.title ?? t.one.documents] as const
  return (
    <Page
      title={t.review.title}
      lead={t.review.lead}
      back={missing === undefined ? paper : ['/app/records', t.title]}
      missing={missing}
    >
      <Shown answer={answer}>
        {({ document, values }) =>
          values.length === 0 ? <Empty text={t.document.noValues} /> : <Review paper={document} values={values} />
        }
      </Shown>
    </Page>
  )
}

function Review({ paper, values }: { readonly paper: Paper; readonly values: readonly Value[] }) {
  const { id } = paper
  const [current, setCurrent] = useState(() => (values.find(isOpen) ?? values[0])?.id)
  const value = values.find((one) => one.id === current)
  const decide = async (work: Promise<unknown>) => {
    await work
    refresh()
  }
  return (
    <div class="review">
      <PaperView paper={paper} value={value} values={values} />
      <div class="review-values">
        <Left paper={paper} values={values} />
        <Decisions
          lines={values.map(lineOf)}
          current={current}
          onCurrent={setCurrent}
          onAccept={(value_id) => {
            const hasDoubts = values.some((one) => one.id === value_id && one.doubts.length > 0)
            return decide(call(acceptValue, { id, value_id, ...(hasDoubts ? { confirm_doubts: true } : {}) }))
          }}
          onReject={(value_id) => decide(call(rejectValue, { id, value_id }))}
          editor={(value_id, done) => {
            const edited = values.find((one) => one.id === value_id)
            return edited === undefined ? null : <Correction paperId={id} value={edited} onDone={done} />
          }}
        />
      </div>
    </div>
  )
}

const isOpen = (value: Value) => value.state === 'unconfirmed'

function lineOf(value: Value): Line {
  const t = recordsTexts().review
  const known: Readonly<Record<string, string>> = t.doubts
  return {
    id: value.id,
    state: value.state,
    kind: value.kind === 'lab' ? '' : t.kinds[value.kind],
    words: valueWords(value),
    doubts: value.doubts.map((doubt) => known[doubt] ?? doubt),
    read: value.line,
  }
}

/** What is left to decide, and the short way for what nobody doubts. */
function Left({ paper, values }: { readonly paper: Paper; readonly values: readonly Value[] }) {
  const t = recordsTexts().review
  const left = values.filter(isOpen)
  const certain = left.filter((one) => one.is_certain && one.doubts.length === 0).length
  const hasLabs = values.some((one) => one.kind === 'lab' && one.confirmed !== null)
  const takeCertain = async () => {
    const { accepted } = await call(acceptCertain, { id: paper.id })
    refresh()
    say(t.acceptedCertain(accepted))
  }
  // A screen reader hears the count as it falls.
  const [spoken, setSpoken] = useState('')
  useEffect(() => setSpoken(left.length === 0 ? t.allDone : t.left(left.length)), [left.length])
  return (
    <div class="card row left">
      <strong role="status">{spoken}</strong>
      {certain > 0 && (
        <button type="button" class="button quiet" onClick={() => takeCertain().catch(complain)}>
          {t.acceptCertain(certain)}
        </button>
      )}
      {left.length === 0 && (
        <Link to={hasLabs ? '/app/labs' : `/app/records/${paper.id}`} class="button">
          {hasLabs ? t.toLabs : t.toPaper}
        </Link>
      )}
      <small class="soft keys">{t.keys}</small>
    </div>
  )
}
