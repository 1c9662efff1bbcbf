// People and their sessions: players and (separate, encrypted) their personal data, characters, sessions with their
// journals and events, and the collections of imported dumps without a table of their own.
import type { DdlWords } from './ddl.ts'

export function createSessions({ instant, key }: DdlWords): string[] {
  return [
    `create table players (
      player_id ${key} primary key,
      key_hash text,
      key_revoked integer not null,
      last_key_issued_at ${instant},
      created_at ${instant} not null,
      fields text not null,
      extra text
    )`,
    'create unique index players_by_key on players (key_hash) where key_hash is not null',
    `create table personal_data (
      player_id ${key} primary key,
      sealed text not null,
      created_at ${instant} not null,
      updated_at ${instant} not null
    )`,
    `create table characters (
      hid text primary key,
      body text not null,
      position integer not null,
      updated_at ${instant} not null
    )`,
    `create table sessions (
      session_id ${key} primary key,
      name text not null,
      player_id text,
      game_name text not null,
      source text not null,
      pc_hid text,
      npc_hid text,
      session_started_at ${instant} not null,
      session_ended_at ${instant},
      termination_reason text,
      status text not null,
      turns_completed integer not null,
      model_profile text,
      game_config_snapshot text not null,
      last_seq integer not null,
      created_at ${instant} not null,
      updated_at ${instant} not null,
      paused_at ${instant},
      resumed_at ${instant},
      branch_from_session_id text,
      extra text,
      claimed_by text,
      claimed_until ${instant}
    )`,
    'create index sessions_by_player on sessions (player_id, session_started_at)',
    'create index sessions_by_status on sessions (status, updated_at)',
    'create index sessions_by_branch on sessions (branch_from_session_id, updated_at) where branch_from_session_id is not null',
    'create index sessions_by_claim on sessions (claimed_by) where claimed_by is not null',
    `create table session_journals (
      session_id ${key} not null,
      part integer not null,
      lines text not null,
      primary key (session_id, part)
    )`,
    `create table session_events (
      session_id ${key} not null,
      seq integer not null,
      event_id text not null,
      event_ts ${instant} not null,
      direction text not null,
      event_type text not null,
      event_source text not null,
      content text not null,
      content_format text not null,
      turn_index integer not null,
      command_name text,
      command_args text,
      visible_to_user integer not null,
      persisted_at ${instant} not null,
      feedback text,
      updated_at ${instant},
      extra text,
      primary key (session_id, seq)
    )`,
    'create unique index session_events_by_id on session_events (event_id)',
    `create table spectator_keys (key_hash text primary key, session_id text not null, created_at ${instant} not null)`,
    'create index spectator_keys_by_session on spectator_keys (session_id)',
    `create table documents (
      collection ${key} not null,
      position integer not null,
      body text not null,
      primary key (collection, position)
    )`,
  ]
}
