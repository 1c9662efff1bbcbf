// What players bring to leagues: tokens, sources, images, packages and secrets; and games that people play by invitation.
import type { DdlWords } from './ddl.ts'

export function createHosted({ instant, key }: DdlWords): string[] {
  return [
    `create table league_tokens (
      token_id ${key} primary key, token_hash ${key} not null, player_id ${key} not null, label text not null,
      created_at ${instant} not null, expires_at ${instant}, revoked_at ${instant}
    )`,
    'create unique index league_tokens_by_hash on league_tokens (token_hash)',
    'create index league_tokens_by_player on league_tokens (player_id, created_at)',
    `create table league_sources (
      source_id ${key} primary key, player_id ${key}, blob text not null, hash text not null, size_bytes ${instant} not null,
      files integer not null, created_at ${instant} not null
    )`,
    'create index league_sources_by_player on league_sources (player_id, created_at)',
    `create table league_secrets (
      policy_version_id ${key} not null, name ${key} not null, sealed text not null, created_at ${instant} not null,
      primary key (policy_version_id, name)
    )`,
    `create table league_images (
      image_id ${key} primary key, player_id ${key}, name ${key} not null, version integer not null, client_hash ${key},
      status text not null, image_uri text, image_digest text, public_uri text, created_at ${instant} not null
    )`,
    'create index league_images_by_name on league_images (name, version)',
    'create index league_images_by_time on league_images (created_at, image_id)',
    `create table league_coworlds (
      coworld_id ${key} primary key, player_id ${key}, name text not null, name_key ${key} not null, version ${key} not null,
      manifest text not null, manifest_hash text not null, size_bytes ${instant} not null, is_canonical integer not null,
      certification text not null, report text, created_at ${instant} not null
    )`,
    'create unique index league_coworlds_by_version on league_coworlds (name_key, version)',
    'create index league_coworlds_by_time on league_coworlds (created_at, coworld_id)',
    `create table league_play_sessions (
      session_id ${key} primary key, player_id ${key}, episode_id ${key} not null, coworld_id text not null, variant_id text not null,
      allows_spectators integer not null, slots integer not null, created_at ${instant} not null
    )`,
    `create table league_play_seats (
      session_id ${key} not null, slot integer not null, player_id ${key}, label text not null, joined_at ${instant} not null,
      primary key (session_id, slot)
    )`,
    'create index league_submissions_by_policy on league_submissions (policy_version_id)',
  ]
}
