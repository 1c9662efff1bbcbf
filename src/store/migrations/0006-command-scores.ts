// Commands store the number of the turn that an agent sends with them, and the score of their slot when they ended. The
// rewards of a trajectory are computed from these.
import type { DdlWords } from './ddl.ts'

export function createCommandScores({ instant }: DdlWords): string[] {
  return [
    `alter table commands add column heartbeat_cycle ${instant}`,
    'alter table commands add column score double precision',
  ]
}
