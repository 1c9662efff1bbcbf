// The episode index: one row per episode, and its players by name.
import type { DdlWords } from './ddl.ts'

export function createEpisodes({ instant, key }: DdlWords): string[] {
  return [
    `create table episodes (
      episode_id ${key} primary key,
      status text not null,
      world_id ${key},
      world_version text,
      world_code text,
      variant text,
      seed ${instant},
      players text not null,
      kind text not null,
      started_at ${instant} not null,
      ended_at ${instant} not null,
      steps ${instant} not null,
      outcome text,
      results text,
      hash text,
      problem text,
      journal text,
      parent_id ${key},
      attempts integer not null,
      owner text,
      lease_until ${instant} not null,
      is_stale integer not null
    )`,
    'create index episodes_by_start on episodes (started_at, episode_id)',
    'create index episodes_by_end on episodes (ended_at, episode_id)',
    'create index episodes_by_steps on episodes (steps, episode_id)',
    'create index episodes_by_status on episodes (status, started_at, episode_id)',
    'create index episodes_by_world on episodes (world_id, started_at, episode_id)',
    'create index episodes_by_variant on episodes (world_id, variant, started_at, episode_id)',
    'create index episodes_by_kind on episodes (kind, started_at, episode_id)',
    'create index episodes_by_parent on episodes (parent_id, started_at, episode_id) where parent_id is not null',
    'create index episodes_by_owner on episodes (owner) where owner is not null',
    'create index episodes_by_staleness on episodes (episode_id) where is_stale = 1',
    `create table episode_players (
      player ${key} not null,
      episode_id ${key} not null references episodes (episode_id) on delete cascade,
      started_at ${instant} not null,
      primary key (player, episode_id)
    )`,
    'create index episode_players_by_start on episode_players (player, started_at, episode_id)',
    'create index episode_players_by_episode on episode_players (episode_id)',
  ]
}
