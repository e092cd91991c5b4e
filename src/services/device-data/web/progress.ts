import { useEffect, useState } from 'preact/hooks'
import { refresh } from '../../../web/client/cache.ts'
import { lookedAt } from '../../../web/client/endpoint.ts'
import type { Import } from './shapes.ts'

const AGAIN_MS = 3000

export interface Progress {
  /** What was told last; undefined before the first word. */
  readonly now: Import | undefined
  readonly isLost: boolean
}

/** Whether an import goes on by itself. */
export function isRunning({ state }: Pick<Import, 'state'>): boolean {
  return state === 'waiting' || state === 'running'
}

/** Follows an import while it runs; a lost connection is made again. At its end the page is asked anew. */
export function useProgress(id: string, isFollowed: boolean): Progress {
  const [progress, setProgress] = useState<Progress>({ now: undefined, isLost: false })
  useEffect(() => {
    if (!isFollowed) return
    let source: EventSource | undefined
    let timer: ReturnType<typeof setTimeout> | undefined
    const tell = ({ data }: MessageEvent<string>) => setProgress({ now: JSON.parse(data) as Import, isLost: false })
    const open = () => {
      const person = lookedAt.get()
      const whose = person === undefined ? '' : `?profile_id=${person}`
      const opened = new EventSource(`/api/v1/device-data/imports/${id}/events${whose}`)
      opened.addEventListener('progress', tell)
      opened.addEventListener('end', () => {
        opened.close()
        setProgress({ now: undefined, isLost: false })
        refresh()
      })
      opened.onerror = () => {
        setProgress(({ now }) => ({ now, isLost: true }))
        // The browser connects again by itself, except after an answer that is none of events.
        if (opened.readyState === EventSource.CLOSED) timer = setTimeout(open, AGAIN_MS)
      }
      source = opened
    }
    open()
    return () => {
      clearTimeout(timer)
      source?.close()
    }
  }, [id, isFollowed])
  return progress
}
