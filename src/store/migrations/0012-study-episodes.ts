// Episodes of studies: waiting rooms, groups, and who played which slot.
import type { DdlWords } from './ddl.ts'

export function createStudyEpisodes({ instant, key }: DdlWords): string[] {
  return [
    `alter table study_participants add column released_at ${instant}`,
    `create table study_rooms (study ${key} not null, arm ${key} not null, primary key (study, arm))`,
    `create table study_waiting (
      study ${key} not null,
      player_id ${key} not null,
      assignment_id ${key} not null,
      arm ${key} not null,
      entered_at ${instant} not null,
      seen_at ${instant} not null,
      deadline ${instant} not null,
      primary key (study, player_id)
    )`,
    'create index study_waiting_by_arm on study_waiting (study, arm, entered_at, player_id)',
    `create table study_episodes (
      episode_id ${key} primary key,
      study ${key} not null,
      arm ${key} not null,
      world ${key} not null,
      variant text,
      seed ${instant} not null,
      players text not null,
      status text not null,
      created_at ${instant} not null,
      ends_by ${instant} not null,
      ended_at ${instant},
      outcome text,
      results text
    )`,
    "create index study_episodes_open on study_episodes (created_at, episode_id) where status <> 'ended'",
    `create table study_slots (
      episode_id ${key} not null,
      slot integer not null,
      study ${key} not null,
      player_id ${key} not null,
      assignment_id ${key} not null,
      token text not null,
      consent_version text,
      exit_reason text,
      score double precision,
      primary key (episode_id, slot)
    )`,
    'create index study_slots_by_assignment on study_slots (assignment_id)',
  ]
}
