// Commands keep the number of the turn that an agent gives with them, and the score of their slot when they ended: what a
// trajectory's rewards are made of.
import type { DdlWords } from './ddl.ts'

export function createCommandScores({ instant }: DdlWords): string[] {
  return [
    `alter table commands add column heartbeat_cycle ${instant}`,
    'alter table commands add column score double precision',
  ]
}
