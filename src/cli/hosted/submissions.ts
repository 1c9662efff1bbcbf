// Commands about policies of the caller: submit, submissions; and pools of rounds (contract sections 11.2 and 11.3).
import { Option } from 'commander'
import { z } from 'zod'
import { AppError } from '../../kernel/errors.ts'
import { parsePolicyIdentifier, playerCell } from '../../league/selection.ts'
import { PolicyVersionPage, SubmissionAnswer } from '../../protocol/hosted.ts'
import { ReadMembership, ReadPool, ReadPoolDetail, ReadSubmission } from '../../protocol/hosted-read.ts'
import { JsonValue } from '../../protocol/json.ts'
import { AUTO_CHAMPION } from '../../protocol/league.ts'
import type { Io } from '../io.ts'
import { collect, parseStep, within } from '../options.ts'
import { printTable } from '../table.ts'
import { type Action, type Add, cell, lines, ownerQuery, printWire, yes } from './commands.ts'

export function addSubmissions(io: Io, add: Add): void {
  add('pools', { description: 'List pools of rounds, or show one.', example: ' --round round_1' }, pools(io))
    .argument('[id]')
    .option('-r, --round <id>', 'of this round')
    .option('--limit <n>', 'how many, 1 to 1000', within(1, 1000), 200)
    .option('--offset <n>', 'from which on', parseStep, 0)
  add('submissions', { description: 'List submissions to leagues.', example: ' --mine' }, submissions(io))
    .option('-l, --league <id>', 'to this league')
    .option('-p, --policy <policy>', 'a policy version id, NAME or NAME:vN')
    .option('--player <id>', 'of this player')
    .option('--mine', 'yours only')
    .option('--limit <n>', 'how many, 1 to 1000', within(1, 1000))
  add(
    'submit',
    { description: 'Submit a policy of yours to a league.', example: ' painter:v2 --league league_1' },
    submit(io),
  )
    .argument('<policy>', 'NAME for the latest version, or NAME:vN')
    .requiredOption('-l, --league <id>', 'into this league')
    .addOption(
      new Option('--auto-champion <mode>', 'whether it becomes your champion when it qualifies')
        .choices(AUTO_CHAMPION)
        .default('always'),
    )
    .option('--preference <KEY=VALUE>', 'a wish for the commissioner; a value of JSON is one (repeatable)', collect, [])
  const acts = [
    ['retire-membership', 'retire', 'End a membership of yours: its policy plays no further round.', 'plays badly'],
    ['champion', 'champion', 'Make a member of yours your champion in its division.', 'it leads'],
  ] as const
  for (const [name, act, description, why] of acts) {
    add(name, { description, example: ` lpm_1 --reason '${why}'` }, change(io, act))
      .argument('<id>', 'lpm_… of the membership')
      .option('--reason <text>', 'shown in the events of the league')
  }
}

/** Retires a member, or names it champion. */
const change =
  (io: Io, act: 'retire' | 'champion'): Action =>
  async (client, { json, reason }, id = '') => {
    const path = `/v2/league-policy-memberships/${encodeURIComponent(id)}/${act}`
    const member = await client.post(path, ReadMembership, reason === undefined ? {} : { reason })
    if (json) return printWire(io, member)
    lines(io, [
      ['Membership', member.id],
      ['Policy', member.policy_version.label],
      ['League', member.league.name],
      ['Division', member.division.name],
      ['Active', yes(member.is_active)],
      ['Champion', yes(member.is_champion)],
    ])
  }

const pools =
  (io: Io): Action =>
  async (client, { json, round, limit, offset }, id) => {
    if (id !== undefined) {
      const pool = await client.get(`/v2/pools/${id}`, ReadPoolDetail)
      if (json) return printWire(io, pool)
      lines(io, [
        ['Pool', pool.id],
        ['Label', pool.label],
        ['Type', pool.pool_type],
        ['Status', pool.status],
        ['Round', cell(pool.round_id)],
        ['Coworld', cell(pool.coworld_id)],
      ])
      const rows = pool.entries.map((each) => [
        String(each.seed_order),
        playerCell(each.player),
        each.policy_version.label,
      ])
      return printTable(io, ['Seed', 'Player', 'Policy'], rows)
    }
    const found = await client.get('/v2/pools', z.array(ReadPool), { limit, offset, round_id: round })
    if (json) return printWire(io, found)
    const rows = found.map((each) => [
      each.id,
      each.label,
      each.pool_type,
      each.status,
      cell(each.round_id),
      cell(each.coworld_id),
    ])
    printTable(io, ['ID', 'Label', 'Type', 'Status', 'Round', 'Coworld'], rows)
  }

const submissions =
  (io: Io): Action =>
  async (client, flags) => {
    const query = await ownerQuery(client, flags)
    const found = await client.get('/v2/league-submissions', z.array(ReadSubmission), query)
    if (flags.json) return printWire(io, found)
    const rows = found.map((each) => [
      each.id,
      each.status,
      playerCell(each.player),
      each.policy_version.label,
      each.league.name,
      cell(each.league_policy_membership_id),
    ])
    printTable(io, ['ID', 'Status', 'Player', 'Policy', 'League', 'Membership'], rows)
  }

/** `KEY=VALUE`; a value that is JSON is read as JSON. */
function parsePreference(text: string): [string, JsonValue] {
  const at = text.indexOf('=')
  if (at <= 0) throw new AppError('USAGE', `${JSON.stringify(text)} is not KEY=VALUE`)
  const value = text.slice(at + 1)
  try {
    return [text.slice(0, at), JsonValue.parse(JSON.parse(value))]
  } catch {
    // Plain words need no quotes.
    return [text.slice(0, at), value]
  }
}

const submit =
  (io: Io): Action =>
  async (client, { json, league = '', autoChampion = 'always', preference = [] }, text = '') => {
    const { name, version } = parsePolicyIdentifier(text)
    const preferences = Object.fromEntries(preference.map(parsePreference))
    const query = { mine: true, name_exact: name, limit: 100, ...(version === null ? {} : { version }) }
    const [found] = (await client.get('/stats/policy-versions', PolicyVersionPage, query)).entries
    if (!found) {
      throw new AppError('SERVER_REFUSED', `you have no policy ${text}`, {
        hint: 'Upload it with: paracosm coworld upload-policy IMAGE --name NAME',
      })
    }
    if (!json) io.out(`Submitting ${found.name}:v${found.version}...`)
    const answer = await client.post('/v2/league-submissions', SubmissionAnswer, {
      league_id: league,
      policy_version_id: found.id,
      // Servers of 0.1.0 know neither.
      ...(autoChampion === 'always' ? {} : { auto_champion: autoChampion }),
      ...(preference.length === 0 ? {} : { preferences }),
    })
    if (json) return printWire(io, answer)
    io.out('Submitted to league')
    const { status, league_policy_membership_id: membership, notes } = answer
    lines(io, [
      ['League', league],
      ['Submission', answer.id],
      ['Status', status],
      ...(membership ? [['Membership', membership] as const] : []),
      ...(notes ? [['Notes', notes] as const] : []),
    ])
    if (!membership && (status === 'pending' || status === 'processing')) {
      io.out('Placement runs later: look with paracosm coworld submissions --mine')
    }
  }
