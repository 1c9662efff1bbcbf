// Hosted leagues: tokens, source archives, and secrets of players.
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
    'create index league_submissions_by_policy on league_submissions (policy_version_id)',
  ]
}
