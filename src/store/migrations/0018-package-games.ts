// Hosted games of uploaded packages: their tokens, the run that plays them, what they left, and why a game ended. And
// when somebody last wanted an image, so that images that nothing uses can be removed without a push under way.
import type { DdlWords } from './ddl.ts'

export function addPackageGames({ key, instant }: DdlWords): string[] {
  return [
    'alter table play_sessions add column tokens text',
    `alter table play_sessions add column run_id ${key}`,
    'alter table play_sessions add column reason text',
    'alter table play_sessions add column has_results integer not null default 0',
    'alter table play_sessions add column has_replay integer not null default 0',
    `alter table league_images add column touched_at ${instant} not null default 0`,
    'update league_images set touched_at = created_at',
  ]
}
