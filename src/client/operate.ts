// What administrators do with a server at work. All of it answers on the server's machine, or with the admin key as `key`.
import type { JOB_STATES, OperateJob, OperateJobs, OperateSessions, OperateStorage } from '../protocol/operate.ts'
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
    ask(caller, (s) => s.OperateJob, `/api/operate/jobs/${id}/${act}`, { method: 'POST', body: {} })
  return {
    /** Jobs, newest first, and how many there are of each state. */
    jobs: (query: JobQuery = {}): Promise<OperateJobs> =>
      ask(caller, (s) => s.OperateJobs, '/api/operate/jobs', { query: { ...query } }),
    /** Cancels a queued job at once, a running one at its next sign of life. */
    cancelJob: (id: number): Promise<OperateJob> => job(id, 'cancel'),
    /** Runs a failed or cancelled job again. */
    retryJob: (id: number): Promise<OperateJob> => job(id, 'retry'),
    /** Sessions of text games in the server's memory. */
    sessions: (): Promise<OperateSessions> => ask(caller, (s) => s.OperateSessions, '/api/operate/sessions'),
    /** Ends a session; the reason is kept with it. */
    stopSession: async (id: string, reason: string): Promise<void> => {
      const path = `/api/operate/sessions/${encodeURIComponent(id)}/stop`
      await ask(caller, (s) => s.Stopped, path, { method: 'POST', body: { reason } })
    },
    /** What lies in the data folder, in bytes. */
    storage: (): Promise<OperateStorage> => ask(caller, (s) => s.OperateStorage, '/api/operate/storage'),
  }
}
