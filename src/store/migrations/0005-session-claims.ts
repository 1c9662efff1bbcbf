// Session claims get a version, so that a late release or write under an older claim changes nothing. A session that
// could not be opened stores the reason and the time of the next attempt.
import type { DdlWords } from './ddl.ts'

export function createSessionClaims({ instant }: DdlWords): string[] {
  return [
    'alter table sessions add column claim_version integer not null default 0',
    'alter table sessions add column fault text',
    'alter table sessions add column attempts integer not null default 0',
    `alter table sessions add column retry_at ${instant}`,
  ]
}
