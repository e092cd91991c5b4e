import { lookedAt, Problem } from '../../../web/client/endpoint.ts'
import type { Import } from './shapes.ts'

/** A file on its way to the server. */
export interface Upload {
  /** The import that it becomes; undefined when it was stopped. Throws a `Problem`; its status is 0 without an answer. */
  readonly done: Promise<Import | undefined>
  stop(): void
}

/** Sends the file as it is. `fetch` can't tell how far a body is, `XMLHttpRequest` can. */
export function sendFile(file: File, onProgress: (share: number) => void): Upload {
  const request = new XMLHttpRequest()
  const done = new Promise<Import | undefined>((resolve, reject) => {
    request.upload.onprogress = ({ loaded, total }) => onProgress(total === 0 ? 0 : loaded / total)
    request.onabort = () => resolve(undefined)
    request.onerror = () => reject(new Problem(0, {}))
    request.onload = () => {
      const body = bodyOf(request.responseText)
      if (request.status < 300) resolve(body as unknown as Import)
      else reject(new Problem(request.status, body))
    }
  })
  request.open('POST', `/api/v1/device-data/imports?${new URLSearchParams({ file_name: file.name })}`)
  request.setRequestHeader('content-type', 'application/octet-stream')
  const person = lookedAt.get()
  if (person !== undefined) request.setRequestHeader('x-profile-id', person)
  request.send(file)
  return { done, stop: () => request.abort() }
}

function bodyOf(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>
  } catch {
    return {}
  }
}
