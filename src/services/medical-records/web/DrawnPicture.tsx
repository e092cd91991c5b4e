import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import { clinicTexts } from './clinicTexts.ts'
import { fileOf } from './sendFile.ts'

interface DrawnProps {
  /** Of the paper that is the DICOM file. */
  readonly id: string
  readonly title: string
  /** What stands below it. */
  readonly children?: ComponentChildren
}

/** The picture of a DICOM file, drawn by the server once the person opens it: not every one can be drawn. */
export function DrawnPicture({ id, title, children }: DrawnProps) {
  const [isOpen, setOpen] = useState(false)
  const [isGone, setGone] = useState(false)
  return (
    <details onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{title}</summary>
      {isOpen && !isGone && (
        <img
          src={fileOf(id, 'pages/1')}
          alt={title}
          onError={() => setGone(true)}
          style="display: block; margin: 0 auto; max-inline-size: 100%; max-block-size: 70vh"
        />
      )}
      {isGone && <p class="soft">{clinicTexts().notDrawn}</p>}
      {children}
    </details>
  )
}
