// Studies: their files, participants and assignments; and counters, so that no request has to count other participants'
// rows.
import type { DdlWords } from './ddl.ts'

export function createStudies({ instant, key }: DdlWords): string[] {
  return [
    `create table studies (
      name ${key} primary key,
      folded ${key} not null,
      alias ${key},
      generation text not null,
      source text not null,
      is_closed integer not null,
      completing text not null,
      created_at ${instant} not null,
      updated_at ${instant} not null
    )`,
    'create unique index studies_by_folded on studies (folded)',
    'create index studies_by_alias on studies (alias) where alias is not null',
    `create table study_participants (
      study ${key} not null,
      player_id ${key} not null,
      forms text not null,
      link text,
      external text not null,
      consent_version text,
      consent_at ${instant},
      signature text,
      completion_code text,
      completed_at ${instant},
      withdrawn_at ${instant},
      created_at ${instant} not null,
      updated_at ${instant} not null,
      primary key (study, player_id)
    )`,
    'create index study_participants_by_player on study_participants (player_id)',
    `create table assignments (
      assignment_id ${key} primary key,
      study ${key} not null,
      player_id ${key} not null,
      ordinal integer not null,
      game_name ${key} not null,
      pc_hid text not null,
      npc_hid text,
      status text not null,
      assigned_at ${instant} not null,
      created_at ${instant} not null,
      updated_at ${instant} not null,
      started_at ${instant},
      completed_at ${instant},
      interrupted_at ${instant},
      active_session_id text,
      form_responses text not null,
      batch_id text,
      batch_npc_hid text,
      is_reserved integer not null,
      reserved_until ${instant},
      reserve_ms ${instant}
    )`,
    'create unique index assignments_by_player on assignments (study, player_id, ordinal)',
    'create index assignments_by_session on assignments (active_session_id) where active_session_id is not null',
    'create index assignments_by_status on assignments (study, status, updated_at)',
    'create index assignments_of_player on assignments (player_id)',
    'create index assignments_to_expire on assignments (reserved_until) where is_reserved = 1',
    `create table study_counters (
      study ${key} not null,
      game_name ${key} not null,
      counted integer not null,
      completed integer not null,
      in_progress integer not null,
      reserved integer not null,
      primary key (study, game_name)
    )`,
    `create table study_groups (
      study ${key} not null,
      game_name ${key} not null,
      npc_hid ${key} not null,
      played integer not null,
      primary key (study, game_name, npc_hid)
    )`,
    `create table study_links (
      link_hash ${key} primary key,
      study ${key} not null,
      player_id text,
      label text,
      is_reusable integer not null,
      is_revoked integer not null,
      created_at ${instant} not null,
      used_at ${instant}
    )`,
    'create index study_links_by_study on study_links (study, created_at)',
    `create table session_studies (
      session_id ${key} primary key,
      study ${key} not null,
      assignment_id ${key} not null,
      arm text not null,
      consent_version text,
      created_at ${instant} not null
    )`,
    'create index session_studies_by_assignment on session_studies (assignment_id)',
    'create index session_studies_by_study on session_studies (study)',
  ]
}
