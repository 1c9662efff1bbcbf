// The job queue.
import type { DdlWords } from './ddl.ts'

export function createJobs({ id, instant, key }: DdlWords): string[] {
  return [
    `create table jobs (
      id ${id},
      queue ${key} not null,
      status text not null,
      priority integer not null,
      payload text not null,
      dedupe_key text,
      run_at ${instant} not null,
      attempts integer not null,
      max_attempts integer not null,
      worker text,
      lease text,
      lease_until ${instant},
      cancel_asked integer not null,
      progress text,
      result text,
      error text,
      created_at ${instant} not null,
      started_at ${instant},
      ended_at ${instant}
    )`,
    "create index jobs_to_claim on jobs (queue, priority desc, id) where status = 'queued'",
    "create index jobs_by_lease on jobs (lease_until) where status = 'running'",
    'create index jobs_by_queue on jobs (queue, status, id)',
    'create index jobs_by_end on jobs (ended_at) where ended_at is not null',
    `create unique index jobs_by_dedupe_key on jobs (queue, dedupe_key)
      where dedupe_key is not null and status in ('queued', 'running')`,
  ]
}
