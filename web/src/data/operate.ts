// The server at work, as administrators see it: asked again every few seconds while somebody looks.
import { queryOptions } from '@tanstack/react-query'
import type { OperateJob } from '../../../src/protocol/operate.ts'
import { operatorClient } from './operator.ts'

/** Milliseconds between two checks at what changes by itself; storage is counted file by file, and seldom. */
const EVERY_MS = 5000
const STORAGE_MS = 60_000

export type JobState = OperateJob['status']

/** @param key of the administrator: another one is another question */
export const jobsQuery = (key: string | undefined, status: JobState | undefined, before: number | undefined) =>
  queryOptions({
    queryKey: ['operate', 'jobs', key, status, before],
    queryFn: () =>
      operatorClient().operate.jobs({
        ...(status === undefined ? {} : { status }),
        ...(before === undefined ? {} : { before }),
      }),
    refetchInterval: EVERY_MS,
  })

export const liveSessionsQuery = (key: string | undefined) =>
  queryOptions({
    queryKey: ['operate', 'sessions', key],
    queryFn: () => operatorClient().operate.sessions(),
    refetchInterval: EVERY_MS,
  })

export const storageQuery = (key: string | undefined) =>
  queryOptions({
    queryKey: ['operate', 'storage', key],
    queryFn: () => operatorClient().operate.storage(),
    refetchInterval: STORAGE_MS,
  })
