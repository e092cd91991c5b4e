import { useEffect, useState } from 'preact/hooks'
import { call } from '../client/endpoint.ts'
import { drawCode } from './endpoints.ts'
import { complain } from './Toast.tsx'

interface QrCodeProps {
  readonly text: string
  readonly label: string
  /** The squares, where they came along: what was kept on the device is then drawn without the server. */
  readonly drawn?: readonly string[]
}

/** A QR code of what the server just made: it draws it too, so that no page carries the tables of the standard. */
export function QrCode({ text, label, drawn }: QrCodeProps) {
  const [asked, setAsked] = useState<readonly string[]>([])
  useEffect(() => {
    if (drawn === undefined) call(drawCode, { text }).then((answer) => setAsked(answer.rows), complain)
  }, [text, drawn])
  const rows = drawn ?? asked
  const size = rows.length
  const dark = rows.flatMap((row, y) => [...row].map((one, x) => (one === '1' ? `M${x} ${y}h1v1h-1z` : '')))
  return (
    <svg class="qr" viewBox={`0 0 ${size} ${size}`} role="img" aria-label={label} shape-rendering="crispEdges">
      <rect width={size} height={size} fill="#fff" />
      <path d={dark.join('')} fill="#000" />
    </svg>
  )
}
