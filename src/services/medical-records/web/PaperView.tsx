import { useEffect, useRef, useState } from 'preact/hooks'
import { useQuery } from '../../../web/client/cache.ts'
import { Skeleton } from '../../../web/parts/Page.tsx'
import { documentText } from './endpoints.ts'
import { fileOf } from './sendFile.ts'
import { recordsTexts } from './texts.ts'
import type { Paper } from './timeline.ts'
import type { Value } from './values.ts'

interface PaperProps {
  readonly paper: Paper
  readonly value: Value | undefined
  readonly values: readonly Value[]
}

function GetFile({ paper }: { readonly paper: Paper }) {
  return (
    <a href={fileOf(paper.id)} download>
      {recordsTexts().document.open}
    </a>
  )
}

/** The paper with the place of the value at hand: the picture itself, a page drawn, or its text where nothing draws it. */
export function PaperView({ paper, value, values }: PaperProps) {
  const [isDrawn, setDrawn] = useState(true)
  const type = paper.has_file ? (paper.mime_type ?? '') : ''
  const page = /\/(pdf|tiff|dicom|heic)$/.test(type) ? `pages/${value?.page ?? 1}` : undefined
  const isPicture = /\/(jpeg|png)$/.test(type) || (page !== undefined && isDrawn)
  return (
    <div class="paper">
      {isPicture ? (
        <Picture key={page} {...{ paper, value, values, page }} onGone={() => setDrawn(false)} />
      ) : (
        <PageText paper={paper} value={value} />
      )}
    </div>
  )
}

type Size = readonly [width: number, height: number]

/**
 * The photo under the boxes of the values. Boxes are places on the upright paper; a photo that lies on its side, without a
 * word of the camera about it, is turned under them by hand.
 */
function Picture({
  paper,
  value,
  values,
  page: drawn,
  onGone,
}: PaperProps & { readonly page: string | undefined; readonly onGone: () => void }) {
  const t = recordsTexts().review
  const [size, setSize] = useState<Size>()
  const [quarters, setQuarters] = useState(0)
  const pane = useRef<HTMLElement>(null)
  useEffect(() => bringIntoView(pane.current), [value?.id, size, quarters])
  const isAcross = quarters % 2 === 1
  // It has no words to be read: it is seen as a whole.
  const isScan = paper.mime_type === 'application/dicom'
  const [width, height] = size ?? [1, 1]
  const [across, down] = isAcross ? [height, width] : [width, height]
  const page = value?.page ?? 1
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by keys */}
      <section class="pane" dir="ltr" ref={pane} tabIndex={0} aria-label={t.page}>
        <div
          class={isScan ? 'sheet whole' : 'sheet'}
          style={{ aspectRatio: `${across} / ${down}`, '--shape': across / down }}
        >
          <img
            src={fileOf(paper.id, drawn)}
            onError={onGone}
            alt={t.pictureAlt(page)}
            style={{ width: `${(width / across) * 100}%`, rotate: `${quarters * 90}deg` }}
            onLoad={({ currentTarget: { naturalWidth, naturalHeight } }) => setSize([naturalWidth, naturalHeight])}
          />
          {size !== undefined &&
            values.map(({ id, box, state, page: on }) =>
              box === null || on !== page ? null : (
                <span key={id} class={id === value?.id ? 'box at-hand' : `box ${state}`} style={placeOf(box)} />
              ),
            )}
        </div>
      </section>
      <p class="paper-ways">
        <GetFile paper={paper} />
        <button type="button" class="link" onClick={() => setQuarters((quarters + 1) % 4)}>
          {t.turn}
        </button>
      </p>
    </>
  )
}

/** A little around the words, so that no letter is hidden by the frame. */
function placeOf(box: readonly number[]) {
  const [left = 0, top = 0, right = 0, bottom = 0] = box
  const part = (share: number) => `${share * 100}%`
  const air = 0.006
  return {
    insetInlineStart: part(left - air),
    top: part(top - air),
    width: part(right - left + 2 * air),
    height: part(bottom - top + 2 * air),
  }
}

/** Scrolls the pane alone: the page stays where the person is. */
function bringIntoView(pane: HTMLElement | null): void {
  const mark = pane?.querySelector<HTMLElement>('.at-hand')
  if (pane === null || mark === null || mark === undefined) return
  const by = mark.getBoundingClientRect().top - pane.getBoundingClientRect().top - pane.clientHeight / 2
  pane.scrollBy({ top: by })
  pane.scrollLeft = 0
}

function PageText({ paper, value }: Omit<PaperProps, 'values'>) {
  const t = recordsTexts().review
  const answer = useQuery(documentText, { id: paper.id })
  const pane = useRef<HTMLElement>(null)
  useEffect(() => bringIntoView(pane.current), [value?.id, answer.value])
  if (answer.value === undefined) return answer.problem === undefined ? <Skeleton /> : null
  const page = value?.page ?? 1
  const lines = (answer.value.pages[page - 1] ?? '').split('\n')
  const at = lines.findIndex((line) => plain(line) === plain(value?.line ?? ''))
  return (
    <>
      {answer.value.pages.length > 1 && <small class="soft">{t.pageOf(page)}</small>}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by keys */}
      <section class="pane" ref={pane} tabIndex={0} aria-label={t.page}>
        <pre class="paper-text" dir="auto">
          {lines.map((line, index) =>
            index === at && value !== undefined ? (
              <mark key={index} class="at-hand">
                {line}
                {'\n'}
              </mark>
            ) : (
              `${line}\n`
            ),
          )}
        </pre>
      </section>
      {paper.has_file && (
        <p class="paper-ways">
          <GetFile paper={paper} />
        </p>
      )}
    </>
  )
}

const plain = (text: string) => text.replaceAll(/\s+/g, ' ').trim()
