// `league verify`: every rank of a league from its journals.
import { verifyLeague } from '../../league/verify-league.ts'
import { type Io, printJson } from '../io.ts'
import { openLeagues } from './open.ts'

/** @throws AppError EVALUATION_MISMATCH naming the round or journal that does not follow */
export async function verify(
  io: Io,
  name: string,
  flags: { readonly data: string; readonly json?: boolean },
): Promise<void> {
  await using storage = await openLeagues(io, flags)
  const league = await storage.leagues.get(name)
  const found = await verifyLeague(league, {
    ...storage,
    worlds: io.worlds,
    signal: io.signal,
    onProgress: (journals) => io.progress(`${journals} journals`),
  })
  if (flags.json) return printJson(io, { ok: true, league: league.slug, ...found })
  io.out(
    `Verified ${league.slug}: ${found.rounds} rounds, ${found.journals} journals, ${found.steps} steps; every rank follows from them.`,
  )
  if (found.foreign_rounds > 0) {
    io.out(
      `${found.foreign_rounds} rounds were ranked by an external commissioner: their episodes were verified, but not the ranking.`,
    )
  }
}
