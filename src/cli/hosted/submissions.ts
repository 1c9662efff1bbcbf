// Commands about policies of the caller: upload, submit, submissions; and pools of rounds (contract sections 11.2 and 11.3).
import { spawn } from 'node:child_process'
import { statSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import type { Command } from 'commander'
import { z } from 'zod'
import { AppError } from '../../kernel/errors.ts'
import { parsePolicyIdentifier, parseSecret, playerCell } from '../../league/selection.ts'
import { PolicyVersionPage, SubmissionAnswer } from '../../protocol/hosted.ts'
import { ReadPool, ReadPoolDetail, ReadSubmission } from '../../protocol/hosted-read.ts'
import { PolicyUpload, UploadedSource } from '../../protocol/hosted-uploads.ts'
import type { Io } from '../io.ts'
import { collect, parseStep, within } from '../options.ts'
import { printTable } from '../table.ts'
import { type Action, type Add, cell, type Flags, lines, policyOf, printWire } from './commands.ts'

/** Bytes of an archive that is made of a folder: what our server takes. */
const MAX_ARCHIVE = 16 * 1024 * 1024
/** What no policy needs of its folder. */
const LEFT_OUT = ['.git', 'node_modules', '__pycache__', '.venv']

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
  const about = {
    description: 'Upload the source of a policy: a folder, or a tar archive.',
    example: ' ./painter --name painter --run python3 --run player.py',
  }
  const command: Command = add('upload-policy', about, (client, flags, path) =>
    upload(io, client, { ...flags, ...command.opts() }, path),
  )
    .argument('<source>', 'a folder, or a .tar or .tar.gz file')
    .requiredOption('-n, --name <name>', 'name of the policy')
    .option(
      '--run <word>',
      'one word of the command line that starts it (repeatable); default: by its files',
      collect,
      [],
    )
    .option('--secret-env <KEY=VALUE>', 'a variable that only the policy sees (repeatable)', collect, [])
    .option('--use-bedrock', 'add USE_BEDROCK=true')
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
    const found = await client.get('/v2/league-submissions', z.array(ReadSubmission), {
      mine: flags.mine === true,
      league_id: flags.league,
      player_id: flags.player,
      policy_version_id: await policyOf(client, flags.policy),
      limit: flags.limit,
    })
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

const submit =
  (io: Io): Action =>
  async (client, { json, league = '' }, text = '') => {
    const { name, version } = parsePolicyIdentifier(text)
    const query = { mine: true, name_exact: name, limit: 100, ...(version === null ? {} : { version }) }
    const [found] = (await client.get('/stats/policy-versions', PolicyVersionPage, query)).entries
    if (!found) {
      throw new AppError('SERVER_REFUSED', `you have no policy ${text}`, {
        hint: 'Upload it with: paracosm coworld upload-policy FOLDER --name NAME',
      })
    }
    if (!json) io.out(`Submitting ${found.name}:v${found.version}...`)
    const answer = await client.post('/v2/league-submissions', SubmissionAnswer, {
      league_id: league,
      policy_version_id: found.id,
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

interface UploadFlags extends Flags {
  readonly name?: string
  readonly run?: readonly string[]
  readonly secretEnv?: readonly string[]
  readonly useBedrock?: boolean
}

async function upload(io: Io, client: Parameters<Action>[0], flags: UploadFlags, path = ''): Promise<void> {
  const { name = '', run = [], secretEnv = [], useBedrock = false } = flags
  // Checked first, so that a mistyped secret uploads nothing. The last one of a name counts.
  const secrets = Object.fromEntries([
    ...(useBedrock ? [['USE_BEDROCK', 'true'] as const] : []),
    ...secretEnv.map(parseSecret),
  ])
  const source = await client.upload('/v2/policies/sources', UploadedSource, await archiveOf(path))
  const made = await client.post('/stats/policies/source/complete', PolicyUpload, {
    name,
    source_id: source.id,
    ...(run.length === 0 ? {} : { run: [...run] }),
    ...(Object.keys(secrets).length === 0 ? {} : { policy_secret_env: secrets }),
  })
  if (flags.json) return printWire(io, made)
  io.out(`Upload complete: ${made.name}:v${made.version}`)
}

/** @throws AppError FILE_UNREADABLE, FILE_TOO_LARGE */
async function archiveOf(path: string): Promise<Uint8Array<ArrayBuffer>> {
  const stats = statSync(path, { throwIfNoEntry: false })
  if (!stats) {
    throw new AppError('FILE_UNREADABLE', `there is no folder or archive ${path}`, {
      hint: 'Images cannot be uploaded yet: give the source of the policy.',
    })
  }
  const bytes = stats.isDirectory() ? await packFolder(path) : new Uint8Array(await readFile(path))
  if (bytes.length <= MAX_ARCHIVE) return bytes
  throw new AppError('FILE_TOO_LARGE', `the source has ${bytes.length} bytes, and at most ${MAX_ARCHIVE} are taken`, {
    hint: 'Leave models and data out of the folder.',
  })
}

/** The folder as `tar` packs it. */
function packFolder(path: string): Promise<Uint8Array<ArrayBuffer>> {
  return new Promise((resolve, reject) => {
    const args = [...LEFT_OUT.map((name) => `--exclude=${name}`), '-czf', '-', '-C', path, '.']
    const child = spawn('tar', args, { stdio: ['ignore', 'pipe', 'pipe'] })
    const parts: Buffer[] = []
    let size = 0
    let said = ''
    child.stdout.on('data', (part: Buffer) => {
      size += part.length
      // One part more than the limit is enough to say so.
      if (size <= 2 * MAX_ARCHIVE) parts.push(part)
      else child.kill()
    })
    child.stderr.on('data', (part: Buffer) => {
      said = (said + part.toString('utf8')).slice(0, 500)
    })
    child.once('error', (cause) =>
      reject(new AppError('FILE_UNREADABLE', `tar cannot be started: ${cause.message}`, { cause })),
    )
    child.once('close', (status) => {
      if (status === 0 || size > MAX_ARCHIVE) resolve(new Uint8Array(Buffer.concat(parts)))
      else reject(new AppError('FILE_UNREADABLE', `tar cannot pack ${path}: ${said.trim()}`))
    })
  })
}
