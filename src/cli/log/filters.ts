// The filters of the commands that read the log.
import { type Command, InvalidArgumentError } from 'commander'
import { CommandFilters } from '../../protocol/command-log.ts'

export interface FilterFlags {
  readonly data: string
  readonly json?: boolean
  readonly command?: string
  readonly cell?: string
  readonly episode?: string
  readonly agent?: string
  readonly world?: string
  readonly outcome?: string
  readonly since?: string
  readonly until?: string
  readonly minScore?: number
}

export function addFilters(command: Command): Command {
  return addDatasetFilters(
    command
      .option('--command <type>', 'only commands of this type, such as move_to')
      .option('--cell <cell>', 'only commands in this cell'),
  )
}

/** The filters of datasets: by episode, agent and time, not by command. */
export function addDatasetFilters(command: Command): Command {
  return command
    .option('--episode <id>', 'only commands of this episode')
    .option('--agent <id>', 'only commands of this agent')
    .option('--world <id>', 'only commands of this world')
    .option('--outcome <text>', 'only outcomes that start with this text, such as done; pending: without an outcome')
    .option('--since <time>', 'only from this time on: 2026-03-21 or 2026-03-21T14:30:00Z', parseSince)
    .option('--until <time>', 'only up to this time; a date includes the whole day', parseUntil)
    .option('--min-score <n>', 'only slots with at least this score in their episode', parseScore)
}

/** The filters in the log's form. */
export function readFilters(flags: FilterFlags): CommandFilters {
  const { command, cell, episode, agent, world, outcome, since, until, minScore } = flags
  const given = {
    command_type: command,
    cell,
    episode_id: episode,
    agent_id: agent,
    world,
    outcome,
    since,
    until,
    min_score: minScore,
  }
  return CommandFilters.parse(Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)))
}

const parseSince = (text: string): string => parseMoment('since', text)
const parseUntil = (text: string): string => parseMoment('until', text)

function parseMoment(name: 'since' | 'until', text: string): string {
  const moment = CommandFilters.shape[name].safeParse(text)
  if (moment.success && moment.data !== undefined) return moment.data
  throw new InvalidArgumentError('Write 2026-03-21, or 2026-03-21T14:30:00Z.')
}

function parseScore(text: string): number {
  const score = Number(text)
  if (text.trim() !== '' && Number.isFinite(score)) return score
  throw new InvalidArgumentError('Give a number.')
}
