// Evaluations, and the result of each of their episodes.
import type { DdlWords } from './ddl.ts'

export function createEvaluations({ instant, key }: DdlWords): string[] {
  return [
    `create table evaluations (
      evaluation_id ${key} primary key,
      status text not null,
      spec text not null,
      facts text not null,
      report text,
      created_at ${instant} not null,
      ended_at ${instant}
    )`,
    'create index evaluations_by_start on evaluations (created_at, evaluation_id)',
    `create table evaluation_rows (
      evaluation_id ${key} not null references evaluations (evaluation_id) on delete cascade,
      number ${instant} not null,
      outcome text not null,
      scores text,
      steps ${instant} not null,
      journal text,
      hash text,
      took_ms ${instant} not null,
      timeouts text not null,
      error text,
      spend text,
      primary key (evaluation_id, number)
    )`,
  ]
}
