// Claims of sessions get a version, so that a late release or write of an older claim changes nothing; and a session that
// could not be opened keeps the reason and when to try again.
import type { DdlWords } from './ddl.ts'

export function createSessionClaims({ instant }: DdlWords): string[] {
  return [
    'alter table sessions add column claim_version integer not null default 0',
    'alter table sessions add column fault text',
    'alter table sessions add column attempts integer not null default 0',
    `alter table sessions add column retry_at ${instant}`,
  ]
}
