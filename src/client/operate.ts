// What administrators do with a server at work. All of it answers on the server's machine, or with the admin key as `key`.
import { z } from 'zod'
import {
  type JOB_STATES,
  OperateJob,
  OperateJobs,
  OperateSession,
  OperateStorage,
  Stopped,
} from '../protocol/operate.ts'
import { ask, type Credentials } from './http.ts'

/** Which jobs to list. */
export interface JobQuery {
  readonly status?: (typeof JOB_STATES)[number]
  /** An id: the page begins behind it. */
  readonly before?: number
  /** 1 to 200; default 20. */
  readonly limit?: number
}

export function operateMethods(caller: Credentials) {
  const job = (id: number, act: 'cancel' | 'retry'): Promise<OperateJob> =>
    ask(caller, OperateJob, `/api/operate/jobs/${id}/${act}`, { method: 'POST', body: {} })
  return {
    /** Jobs, newest first, and how many there are of each state. */
    jobs: (query: JobQuery = {}): Promise<OperateJobs> =>
      ask(caller, OperateJobs, '/api/operate/jobs', { query: { ...query } }),
    /** Cancels a queued job at once, a running one at its next sign of life. */
    cancelJob: (id: number): Promise<OperateJob> => job(id, 'cancel'),
    /** Runs a failed or cancelled job again. */
    retryJob: (id: number): Promise<OperateJob> => job(id, 'retry'),
    /** Sessions of text games in the server's memory. */
    sessions: (): Promise<{ total: number; sessions: OperateSession[] }> =>
      ask(caller, z.strictObject({ total: z.int(), sessions: z.array(OperateSession) }), '/api/operate/sessions'),
    /** Ends a session; the reason is kept with it. */
    stopSession: async (id: string, reason: string): Promise<void> => {
      const path = `/api/operate/sessions/${encodeURIComponent(id)}/stop`
      await ask(caller, Stopped, path, { method: 'POST', body: { reason } })
    },
    /** What lies in the data folder, in bytes. */
    storage: (): Promise<OperateStorage> => ask(caller, OperateStorage, '/api/operate/storage'),
  }
}
