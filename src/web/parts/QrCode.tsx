import { useEffect, useState } from 'preact/hooks'
import { call } from '../client/endpoint.ts'
import { drawCode } from './endpoints.ts'
import { complain } from './Toast.tsx'

/** A QR code of what the server just made: it draws it too, so that no page carries the tables of the standard. */
export function QrCode({ text, label }: { readonly text: string; readonly label: string }) {
  const [rows, setRows] = useState<readonly string[]>([])
  useEffect(() => {
    call(drawCode, { text }).then((drawn) => setRows(drawn.rows), complain)
  }, [text])
  const size = rows.length
  const dark = rows.flatMap((row, y) => [...row].map((one, x) => (one === '1' ? `M${x} ${y}h1v1h-1z` : '')))
  return (
    <svg class="qr" viewBox={`0 0 ${size} ${size}`} role="img" aria-label={label} shape-rendering="crispEdges">
      <rect width={size} height={size} fill="#fff" />
      <path d={dark.join('')} fill="#000" />
    </svg>
  )
}
