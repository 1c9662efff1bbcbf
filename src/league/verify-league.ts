// Recomputes every rank of a league from its journals: each journal is replayed, each round is ranked again by its
// commissioner from the journals' scores, and the result is compared with the stored ranking.
import { JournalFile, verifyJournal } from '../episode/journal-file.ts'
import type { BlobStore } from '../host/blobs.ts'
import type { WorldRegistry } from '../host/world-registry.ts'
import { canonicalJson } from '../kernel/canonical.ts'
import { AppError } from '../kernel/errors.ts'
import { parseWith } from '../kernel/parse.ts'
import { RoundStart } from '../protocol/commissioner.ts'
import type { Leagues } from '../store/leagues/leagues.ts'
import type { Rounds } from '../store/leagues/rounds.ts'
import type { EpisodeRecord, LeagueRecord, RoundRecord } from '../store/leagues/rows.ts'
import type { Commissioner, Settlement } from './commissioner/commissioner.ts'
import { localCommissioner } from './commissioner-link.ts'
import { drawOf, toSettlement } from './settlements.ts'

export interface LeagueVerification {
  readonly rounds: number
  readonly journals: number
  readonly steps: number
  /** Rounds of a remote commissioner: their journals were verified, but not their ranking. */
  readonly foreign_rounds: number
}

export interface VerifyLeagueOptions {
  readonly leagues: Leagues
  readonly rounds: Rounds
  readonly blobs: BlobStore
  readonly worlds: WorldRegistry
  readonly signal: AbortSignal
  readonly onProgress?: (journals: number) => void
}

const PAGE = 100

/** @throws AppError EVALUATION_MISMATCH naming the first round or journal that does not match */
export async function verifyLeague(league: LeagueRecord, options: VerifyLeagueOptions): Promise<LeagueVerification> {
  const { rounds, signal } = options
  const count = { rounds: 0, journals: 0, steps: 0, foreign_rounds: 0 }
  const commissionerOf = await commissionersOf(league, options)
  for (let offset = 0; ; offset += PAGE) {
    const { entries } = await rounds.list({ leagueId: league.id, status: 'completed' }, { limit: PAGE, offset })
    for (const round of entries) {
      signal.throwIfAborted()
      const episodes = await rounds.episodes(round.id)
      for (const episode of episodes) {
        count.steps += await checkEpisode(round, episode, options)
        if (episode.journal !== null) options.onProgress?.(++count.journals)
      }
      const commissioner = commissionerOf(round)
      if (commissioner) await checkRound(commissioner, { round, episodes }, options)
      else count.foreign_rounds++
      count.rounds++
    }
    if (entries.length < PAGE) return count
  }
}

/** The commissioner that ranked a round; undefined: a remote one. */
async function commissionersOf(
  league: LeagueRecord,
  { leagues }: VerifyLeagueOptions,
): Promise<(round: RoundRecord) => Commissioner | undefined> {
  const current = await localCommissioner(league.commissioner)
  const earlier: { untilRound: number; commissioner: Commissioner | undefined }[] = []
  for (const { untilRound, commissioner } of await leagues.divisionChanges.commissioners(league.id)) {
    earlier.push({ untilRound, commissioner: await localCommissioner(commissioner) })
  }
  return ({ number }) => {
    const found = earlier.find(({ untilRound }) => number <= untilRound)
    return found ? found.commissioner : current
  }
}

/** @returns the number of steps replayed */
async function checkEpisode(
  round: RoundRecord,
  episode: EpisodeRecord,
  { blobs, worlds }: VerifyLeagueOptions,
): Promise<number> {
  const fault = (what: string, cause?: unknown): AppError =>
    new AppError('EVALUATION_MISMATCH', `round ${round.number}, episode ${episode.request.request_id}: ${what}`, {
      cause,
    })
  if (episode.status !== 'completed') return 0
  if (episode.journal === null) throw fault('it has scores but no journal')
  const source = await blobs.open(episode.journal).catch((cause: unknown) => {
    throw fault('its journal is missing', cause)
  })
  const file = await JournalFile.from(source).catch((cause: unknown) => {
    throw fault('its journal cannot be read', cause)
  })
  try {
    const world = await worlds.loadRecorded(file.header)
    if (file.header.seed !== episode.request.seed) throw fault('its journal has a different seed')
    const { divergence, outcome, hash } = await verifyJournal(file, () => world)
    if (divergence) throw fault(`it diverges at step ${divergence.step}: ${divergence.what}`)
    if (!outcome || hash !== episode.hash) throw fault('its journal differs from the stored one')
    if (canonicalJson(outcome.results.scores) !== canonicalJson([...(episode.scores ?? [])])) {
      throw fault(
        `its journal ends with ${outcome.results.scores.join(', ')}; the stored scores are ${episode.scores?.join(', ')}`,
      )
    }
    return outcome.step
  } catch (error) {
    if (error instanceof AppError && error.code === 'JOURNAL_CORRUPT') throw fault(error.message, error)
    throw error
  } finally {
    await file.close()
  }
}

async function checkRound(
  commissioner: Commissioner,
  { round, episodes }: { round: RoundRecord; episodes: readonly EpisodeRecord[] },
  { rounds }: VerifyLeagueOptions,
): Promise<void> {
  const start = parseWith(RoundStart, round.start, { code: 'STORE_CORRUPT', what: 'The start of a round' })
  const plan = commissioner.planRound(start, drawOf(round.id))
  const members = new Map(start.memberships.map((member) => [member.policy_version_id, member.player_id]))
  const settlements = new Map<string, Settlement>()
  for (const episode of episodes) settlements.set(episode.request.request_id, toSettlement(episode, members))
  const missing = plan.episodes.find(({ request_id: id }) => !settlements.has(id))
  if (missing)
    throw new AppError('EVALUATION_MISMATCH', `round ${round.number}: episode ${missing.request_id} is missing`)
  const complete = plan.complete(settlements)
  const wanted = complete.results.flatMap(({ division_id, rankings }) =>
    rankings.map(({ policy_version_id, rank, score }) => ({ division_id, policy_version_id, rank, score })),
  )
  const stored = await rounds.results({ roundId: round.id })
  for (const row of wanted) {
    const found = stored.find(
      (each) => each.policyVersionId === row.policy_version_id && each.divisionId === row.division_id,
    )
    if (found?.rank === row.rank && found.score === row.score) continue
    throw new AppError(
      'EVALUATION_MISMATCH',
      `round ${round.number}: the journals give ${row.policy_version_id} rank ${row.rank} with ${row.score}; stored are ${found?.rank} and ${found?.score}`,
    )
  }
}
