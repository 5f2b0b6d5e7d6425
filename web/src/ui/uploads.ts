import { useQueryClient } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { newKey } from '@/api/client'
import { send } from '@/api/hooks'
import { asFailure, type Failure } from '@/api/problem'
import { clipped, upload } from '@/api/upload'

import { done } from './notify'

/** A file on its way to a record. */
export type Upload = { key: string; file: File; sent: number; failure?: Failure }

/**
 * Files are sent one after the other: together they would only be slower each, and the first is there sooner. Sending goes
 * on when the person leaves the screen.
 */
export function useUploads(about: { kind: string; id: string }) {
  const { t } = useTranslation('files')
  const client = useQueryClient()
  const [uploads, setUploads] = useState<Upload[]>([])
  const queue = useRef(Promise.resolve())
  const stops = useRef(new Map<string, AbortController>())

  const change = (key: string, to: Partial<Upload> | undefined) =>
    setUploads((before) => before.flatMap((one) => (one.key === key ? (to ? [{ ...one, ...to }] : []) : [one])))

  const bring = async ({ key, file }: Upload, signal: AbortSignal) => {
    if (signal.aborted) return
    try {
      const { sha256 } = await upload(file, (sent) => change(key, { sent }), signal)
      // The same key again is the same command: what failed on the way back is not attached twice.
      await send('/v1/attachments', { body: { about, name: clipped(file.name), sha256 }, key })
      change(key, undefined)
      done(t('attached', { name: file.name }))
      void client.invalidateQueries()
    } catch (error) {
      if (!signal.aborted) change(key, { failure: asFailure(error) })
    }
  }

  const begin = (one: Upload) => {
    const stop = new AbortController()
    stops.current.set(one.key, stop)
    queue.current = queue.current.then(() => bring(one, stop.signal))
  }

  return {
    uploads,
    add: (files: File[]) => {
      const added = files.map((file) => ({ key: newKey(), file, sent: 0 }))
      setUploads((before) => [...before, ...added])
      added.forEach(begin)
    },
    again: ({ key, file }: Upload) => {
      const one = { key, file, sent: 0 }
      setUploads((before) => before.map((other) => (other.key === key ? one : other)))
      begin(one)
    },
    drop: ({ key }: Upload) => {
      stops.current.get(key)?.abort()
      change(key, undefined)
    },
  }
}
