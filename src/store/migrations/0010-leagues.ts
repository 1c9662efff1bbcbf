// Leagues: divisions, players, policies, members, rounds, episodes, results, and an event for every transition.
import type { DdlWords } from './ddl.ts'

export function createLeagues({ instant, key }: DdlWords): string[] {
  return [
    `create table leagues (
      league_id ${key} primary key, name text not null, slug text not null, world text not null,
      variants text not null, config text not null, commissioner text not null, state text not null,
      is_public integer not null, is_hidden integer not null, is_paused integer not null,
      rounds ${instant} not null, created_at ${instant} not null
    )`,
    `create unique index leagues_by_slug on leagues (slug)`,
    `create table league_divisions (
      division_id ${key} primary key, league_id ${key} not null, name text not null, level integer not null,
      type text not null, description text, created_at ${instant} not null
    )`,
    'create index league_divisions_by_league on league_divisions (league_id, level)',
    `create table league_players (player_id ${key} primary key, name text not null, created_at ${instant} not null)`,
    `create table league_policy_versions (
      policy_version_id ${key} primary key, policy_id ${key} not null, name text not null, version integer not null,
      player_id ${key}, player text not null, created_at ${instant} not null
    )`,
    'create unique index league_policy_versions_by_policy on league_policy_versions (policy_id, version)',
    'create index league_policy_versions_by_name on league_policy_versions (name, version)',
    `create table league_memberships (
      membership_id ${key} primary key, league_id ${key} not null, division_id ${key},
      policy_version_id ${key} not null, player_id ${key}, status text not null, substatus text,
      is_champion integer not null, is_active integer not null, created_at ${instant} not null, ended_at ${instant}
    )`,
    'create index league_memberships_by_league on league_memberships (league_id, created_at, membership_id)',
    'create index league_memberships_by_policy on league_memberships (policy_version_id)',
    `create table league_submissions (
      submission_id ${key} primary key, league_id ${key} not null, policy_version_id ${key} not null, player_id ${key},
      status text not null, membership_id ${key}, notes text, created_at ${instant} not null
    )`,
    'create index league_submissions_by_league on league_submissions (league_id, created_at, submission_id)',
    `create table league_rounds (
      round_id ${key} primary key, league_id ${key} not null, division_id ${key} not null, round_number ${instant} not null,
      status text not null, backend text not null, round_config text not null, round_start text, round_display text,
      error text, created_at ${instant} not null, started_at ${instant}, completed_at ${instant}
    )`,
    'create unique index league_rounds_by_number on league_rounds (league_id, round_number)',
    'create index league_rounds_by_division on league_rounds (division_id, status, round_number)',
    `create table league_episodes (
      episode_id ${key} primary key, round_id ${key} not null, request_id text not null, variant_id text not null,
      seed ${instant} not null, lineup text not null, game_config text, status text not null, scores text, error text,
      journal text, hash text, created_at ${instant} not null, ended_at ${instant}
    )`,
    'create unique index league_episodes_by_request on league_episodes (round_id, request_id)',
    `create table league_results (
      round_id ${key} not null, division_id ${key} not null, policy_version_id ${key} not null, player_id ${key},
      rank integer not null, score double precision not null, metadata text not null,
      primary key (round_id, division_id, policy_version_id)
    )`,
    'create index league_results_by_division on league_results (division_id, round_id)',
    'create index league_results_by_policy on league_results (policy_version_id, round_id)',
    `create table league_events (
      event_id ${key} primary key, league_id ${key} not null, division_id ${key}, round_id ${key},
      policy_version_id ${key}, player_id ${key}, event_type text not null, actor text not null, headline text not null,
      summary text not null, payload text not null, created_at ${instant} not null
    )`,
    'create index league_events_by_league on league_events (league_id, created_at, event_id)',
  ]
}
