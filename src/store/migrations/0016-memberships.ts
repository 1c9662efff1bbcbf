// What the later commissioner protocol needs: rounds with an aftermath and follow-ups, archived divisions, wishes of
// players, earlier commissioners; and the secrets of packages.
import type { DdlWords } from './ddl.ts'

export function addMemberships({ instant, key }: DdlWords): string[] {
  return [
    'alter table league_rounds add column aftermath text',
    `alter table league_rounds add column follows ${key}`,
    'alter table league_rounds add column depth integer not null default 0',
    'create index league_rounds_by_aftermath on league_rounds (aftermath, league_id)',
    'create index league_rounds_by_status on league_rounds (status, league_id)',
    `alter table league_divisions add column archived_at ${instant}`,
    "alter table league_memberships add column auto_champion text not null default 'always'",
    'alter table league_memberships add column preferences text',
    "alter table league_submissions add column auto_champion text not null default 'always'",
    'alter table league_submissions add column preferences text',
    `create table league_commissioners (
      league_id ${key} not null, until_round ${instant} not null, commissioner text not null,
      changed_at ${instant} not null, primary key (league_id, until_round)
    )`,
    `create table coworld_secrets (
      name_key ${key} not null, secret_name ${key} not null, sealed text not null, size_bytes ${instant} not null,
      updated_at ${instant} not null, primary key (name_key, secret_name)
    )`,
  ]
}
