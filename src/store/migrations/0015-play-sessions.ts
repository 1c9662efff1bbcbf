// Hosted games: sessions with a lobby, and who has which slot.
import type { DdlWords } from './ddl.ts'

export function createPlaySessions({ instant, key }: DdlWords): string[] {
  return [
    `create table play_sessions (
      session_id ${key} primary key, coworld_id text not null, variant_id text not null, episode_id ${key} not null,
      player_id ${key}, allows_spectators integer not null, slots integer not null, taken integer not null,
      status ${key} not null, created_at ${instant} not null, expires_at ${instant} not null, full_at ${instant}
    )`,
    'create index play_sessions_by_status on play_sessions (status, created_at)',
    'create index play_sessions_by_player on play_sessions (player_id, created_at)',
    `create table play_slots (
      session_id ${key} not null, slot integer not null, player_id ${key}, guest_hash ${key}, label text not null,
      joined_at ${instant} not null, primary key (session_id, slot)
    )`,
  ]
}
