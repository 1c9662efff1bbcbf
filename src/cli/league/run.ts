// `league run`: plays a whole league in this process, round after round, at full speed.
import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { parsePlayer } from '../../evaluation/parse-player.ts'
import { parseYaml } from '../../evaluation/read-spec.ts'
import { AppError } from '../../kernel/errors.ts'
import { parseWith } from '../../kernel/parse.ts'
import { LeagueService } from '../../league/league-service.ts'
import { enterNewPolicies, makeLeague, slugOf } from '../../league/make-league.ts'
import { sleep } from '../../lib/sleep.ts'
import { EvaluationPlayer } from '../../protocol/evaluation.ts'
import { LeagueSpec } from '../../protocol/league.ts'
import type { LeagueRecord, RoundRecord } from '../../store/leagues/rows.ts'
import { matchServices } from '../eval/open.ts'
import { EXIT, type Io, printJson } from '../io.ts'
import { type LeagueStorage, openLeagues } from './open.ts'
import { printStandings, standingsOf } from './standings.ts'

export interface RunFlags {
  readonly rounds: number
  readonly data: string
  readonly concurrency: number
  readonly json?: boolean
}

/** Milliseconds between checks of the rounds. */
const LOOK_MS = 50
/** Advance of the league's clock per round: a whole day, whatever its interval. */
const ROUND_MS = 86_400_000
/** Checks without a new round after which the league is considered finished. */
const IDLE = 3

export async function runLeague(io: Io, file: string, flags: RunFlags): Promise<void> {
  const spec = await readLeague(file)
  let ahead = 0
  const now = (): number => Date.now() + ahead
  await using storage = await openLeagues(io, flags, now)
  const { league, last } = await findOrMake(io, storage, spec)
  // The clock of a league that was run before stands where it stopped: its next round is due a day after its last one.
  if (last) ahead = Math.max(0, last.createdAt + ROUND_MS - Date.now())
  const service = new LeagueService({
    ...storage,
    services: matchServices(io),
    log: {
      info: () => undefined,
      error: (details, what) =>
        io.err(`${what}: ${'err' in details && details.err instanceof Error ? details.err.message : ''}`),
    },
    now,
    concurrency: flags.concurrency,
  })
  service.start()
  try {
    let played = 0
    for (let idle = 0; played < flags.rounds && idle < IDLE && !io.signal.aborted; ahead += ROUND_MS) {
      const before = await storage.rounds.unfinished(league.id)
      const made = [...before, ...(await service.tick()).filter(({ leagueId }) => leagueId === league.id)]
      idle = made.length === 0 ? idle + 1 : 0
      for (const round of made) {
        await untilDone(io, storage, round)
        if (flags.json !== true) await tellRound(io, storage, round)
      }
      played += made.length
    }
    await report(io, { storage, service, league, flags })
  } finally {
    await service.stop()
  }
  if (io.signal.aborted) io.exit(EXIT.failed)
}

const Player = z.union([z.string().transform(parsePlayer), EvaluationPlayer])
const File = z.strictObject({ ...LeagueSpec.shape, policies: z.array(Player).min(1).max(1000) })

/** @throws AppError FILE_UNREADABLE, VALIDATION_ERROR */
async function readLeague(path: string): Promise<LeagueSpec> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new AppError('FILE_UNREADABLE', `cannot read ${path}`, { cause })
  })
  return LeagueSpec.parse(parseWith(File, parseYaml(text, path), { code: 'VALIDATION_ERROR', what: path }))
}

interface Found {
  readonly league: LeagueRecord
  /** Its latest round. */
  readonly last: RoundRecord | undefined
}

/** The league of this name in the data folder, with the policies that the file adds; else a new one. */
async function findOrMake(io: Io, { leagues, rounds }: LeagueStorage, spec: LeagueSpec): Promise<Found> {
  const slug = slugOf(spec.name)
  const league = (await leagues.list()).find((each) => each.slug === slug)
  if (!league) return { league: await makeLeague(leagues, io.worlds, spec), last: undefined }
  const added = await enterNewPolicies(leagues, io.worlds, { league, policies: spec.policies })
  const { entries, total } = await rounds.list({ leagueId: league.id }, { limit: 1 })
  io.err(`Continuing the league ${league.name} after ${total} rounds.`)
  if (added.length > 0) io.err(`New in the league: ${added.join(', ')}.`)
  if (JSON.stringify(spec.commissioner) !== JSON.stringify(league.commissioner)) {
    io.err(`The league keeps its commissioner. Change it with: paracosm league migrate ${league.slug} --file FILE`)
  }
  return { league, last: entries[0] }
}

async function untilDone(io: Io, { rounds }: LeagueStorage, { id, number }: RoundRecord): Promise<void> {
  for (;;) {
    const { status, aftermath } = await rounds.get(id)
    // Until its commissioner has said what follows, the league has no next round.
    if (aftermath !== 'pending' && (status === 'completed' || status === 'failed')) return
    io.progress(`round ${number}`)
    await sleep(LOOK_MS, io.signal)
  }
}

async function tellRound(io: Io, { leagues, rounds }: LeagueStorage, { id }: RoundRecord): Promise<void> {
  const round = await rounds.get(id)
  const division = await leagues.division(round.divisionId)
  if (round.status === 'failed') return io.out(`Round ${round.number} in ${division.name} failed: ${round.error}`)
  const results = (await rounds.results({ roundId: id })).sort((a, b) => a.rank - b.rank)
  const names = new Map((await leagues.policyVersions()).map((version) => [version.id, version.name]))
  const line = results.map(({ policyVersionId, score }) => `${names.get(policyVersionId)} ${Number(score.toFixed(2))}`)
  io.out(`Round ${round.number} in ${division.name}: ${line.join(', ')}`)
}

async function report(
  io: Io,
  {
    storage,
    service,
    league,
    flags,
  }: { storage: LeagueStorage; service: LeagueService; league: LeagueRecord; flags: RunFlags },
): Promise<void> {
  const standings = await standingsOf(storage, service, league)
  if (flags.json) return printJson(io, { ok: true, league: league.slug, divisions: standings })
  printStandings(io, standings)
  io.out(`Verify: paracosm league verify ${league.slug}`)
}
