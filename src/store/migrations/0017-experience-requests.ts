// Experience requests: batches of episodes that players ask for; the class of an episode's failure; reports of roles.
import type { DdlWords } from './ddl.ts'

export function createExperienceRequests({ instant, key }: DdlWords): string[] {
  return [
    // Of an episode that a player asked for; its round_id is the same, and leaderboards never see it.
    `alter table league_episodes add column experience_id ${key}`,
    `alter table league_episodes add column started_at ${instant}`,
    'alter table league_episodes add column error_info text',
    `create table experience_requests (
      experience_id ${key} primary key, player_id ${key}, world text not null, variant_id text not null,
      config text not null, target text not null, notes text, created_at ${instant} not null, ended_at ${instant},
      cancelled_at ${instant}
    )`,
    'create index experience_requests_by_player on experience_requests (player_id, created_at, experience_id)',
    'create index experience_requests_open on experience_requests (created_at) where ended_at is null',
    `create table episode_reports (
      report_id ${key} primary key, episode_id ${key} not null, coworld_id ${key} not null, player_id ${key},
      role text not null, role_id text not null, target text, status text not null, grade text, output text, log text,
      error text, created_at ${instant} not null, started_at ${instant}, ended_at ${instant}
    )`,
    'create index episode_reports_by_episode on episode_reports (episode_id, created_at)',
    'create index episode_reports_open on episode_reports (created_at) where ended_at is null',
  ]
}
