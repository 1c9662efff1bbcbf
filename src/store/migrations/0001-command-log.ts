// The command log: commands, the perceptions on which they were decided (each stored once), and the episodes to which
// they belong. Every filter of the log has an index that ends in time, so that the newest hundred rows are the first
// hundred entries.
import type { DdlWords } from './ddl.ts'

const FILTERS = ['command', 'agent_id', 'episode_id', 'cell', 'command, cell', 'world', 'outcome_kind']

export function createCommandLog({ id, instant, tie }: DdlWords): string[] {
  return [
    `create table perceptions (id ${id}, hash text not null unique, body text not null)`,
    `create table commands (
      id ${id},
      timestamp ${instant} not null,
      command text not null,
      params text not null,
      reasoning text not null,
      perception_id ${instant} references perceptions (id),
      outcome text,
      outcome_kind text not null default 'pending',
      agent_id text not null,
      episode_id text,
      cell text,
      protocol_version text not null,
      created_at ${instant} not null,
      world text,
      slot integer,
      command_id text,
      idempotency_key text,
      origin text,
      origin_id ${instant}
    )`,
    `create index commands_by_time on commands (timestamp${tie})`,
    ...FILTERS.map((columns) => {
      const name = columns.replace(', ', '_and_')
      return `create index commands_by_${name} on commands (${columns}, timestamp${tie})`
    }),
    'create index commands_by_perception on commands (perception_id)',
    'create unique index commands_by_command_id on commands (command_id) where command_id is not null',
    'create unique index commands_by_key on commands (agent_id, idempotency_key) where idempotency_key is not null',
    'create unique index commands_by_origin on commands (origin, origin_id) where origin is not null',
    `create table logged_episodes (
      episode_id text primary key,
      world text not null,
      variant text,
      scores text,
      outcome text,
      finished_at ${instant}
    )`,
  ]
}
