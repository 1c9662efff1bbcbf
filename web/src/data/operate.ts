// The server's activity for administrators, polled every few seconds while a page shows it.
import { queryOptions } from '@tanstack/react-query'
import type { OperateJob } from '../../../src/protocol/operate.ts'
import { operatorClient } from './operator.ts'

/** Milliseconds between two polls of data that changes by itself; storage is counted file by file, and less often. */
const EVERY_MS = 5000
const STORAGE_MS = 60_000

export type JobState = OperateJob['status']

/** @param key the administrator's key, part of the cache key */
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
