// Indexes for the monitor of a study: pages of participants, newest first, and counts that read only indexes.
import type { DdlWords } from './ddl.ts'

export function addStudyMonitor(_words: DdlWords): string[] {
  return [
    `create index study_participants_by_joined
      on study_participants (study, created_at, player_id, completed_at, withdrawn_at, consent_at)`,
    `create index study_participants_present
      on study_participants (study, created_at, player_id) where completed_at is null and withdrawn_at is null`,
    'create index assignments_by_standing on assignments (study, status, player_id)',
    'create index study_links_by_label on study_links (study, label, is_reusable, is_revoked, used_at)',
  ]
}
