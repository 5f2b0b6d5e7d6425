import { noteRefusal } from './client'
import type { Schema } from './hooks'
import { Failure, type Problem } from './problem'

export type Uploaded = Schema<'Uploaded'>

/** Sends the content of a file; `fetch` cannot tell how far it has come. A broken off upload throws an AbortError. */
export function upload(file: File, onProgress: (sent: number) => void, signal: AbortSignal): Promise<Uploaded> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    const stop = () => request.abort()
    request.open('POST', `${location.origin}/v1/files?name=${encodeURIComponent(clipped(file.name))}`)
    request.setRequestHeader('Content-Type', 'application/octet-stream')
    request.upload.addEventListener('progress', (event) => onProgress(event.loaded))
    request.addEventListener('abort', () => reject(new DOMException('broken off', 'AbortError')))
    request.addEventListener('error', () => reject(new Failure({ title: '', status: 0, detail: 'no connection', code: 'offline' })))
    request.addEventListener('load', () => {
      if (request.status === 201) return resolve(JSON.parse(request.responseText) as Uploaded)
      void noteRefusal('POST /v1/files', new Response(request.responseText, { status: request.status }))
      reject(failureOf(request))
    })
    request.addEventListener('loadend', () => signal.removeEventListener('abort', stop))
    signal.addEventListener('abort', stop)
    request.send(file)
  })
}

function failureOf(request: XMLHttpRequest): Failure {
  try {
    return new Failure(JSON.parse(request.responseText) as Problem)
  } catch {
    return new Failure({ title: '', status: request.status, detail: request.responseText, code: request.status === 413 ? 'file.too_large' : 'unavailable' })
  }
}

/** A name as the server takes it: of a longer one the end tells more, because the type is there. */
export const clipped = (name: string) => [...name].slice(-200).join('')
