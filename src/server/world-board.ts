// A leaderboard of the bots and models of a world, from the results of finished episodes of one variant.
import type { EpisodeService } from '../host/episode-service.ts'
import type { EpisodeSummary, WorldBoard, WorldBoardRow } from '../protocol/catalogue.ts'

/** Newest episodes that count: two pages of the index. */
const EPISODES = 1000
const PAGE = 500
/** Of the standard normal distribution: an interval of 95%. */
const Z = 1.96

interface Tally {
  readonly name: string
  readonly kind: WorldBoardRow['kind']
  episodes: number
  won: number
  drawn: number
  lost: number
  readonly scores: number[]
}

/** Only episodes without people count: who plays a bot's match is known to the end. */
export async function boardOf(episodes: EpisodeService, world: string, variant: string): Promise<WorldBoard> {
  const tallies = new Map<string, Tally>()
  let counted = 0
  let cursor: string | undefined
  for (let read = 0; read < EPISODES; read += PAGE) {
    const page = await episodes.list({ world, variant, status: 'finished' }, { limit: PAGE, cursor })
    for (const episode of page.entries) if (countIn(tallies, episode)) counted++
    if (page.nextCursor === null) break
    cursor = page.nextCursor
  }
  const rows = [...tallies.values()]
    .map(rowOf)
    .toSorted((a, b) => worthOf(b) - worthOf(a) || (a.name < b.name ? -1 : 1))
  return { variant, episodes: counted, rows }
}

const worthOf = ({ share, score }: WorldBoardRow): number => share?.value ?? score.value

function countIn(tallies: Map<string, Tally>, { players, results }: EpisodeSummary): boolean {
  const scores = results?.scores
  if (scores?.length !== players.length) return false
  if (!players.every(({ kind }) => kind === 'bot' || kind === 'model')) return false
  for (const [slot, { kind, name }] of players.entries()) {
    const own = scores[slot]
    if (own === undefined || (kind !== 'bot' && kind !== 'model')) continue
    const key = `${kind} ${name}`
    const tally = tallies.get(key) ?? { name, kind, episodes: 0, won: 0, drawn: 0, lost: 0, scores: [] }
    tallies.set(key, tally)
    tally.episodes++
    tally.scores.push(own)
    // Against each other player of the match that is not the same policy.
    for (const [other, player] of players.entries()) {
      const theirs = scores[other]
      if (other === slot || theirs === undefined || (player.kind === kind && player.name === name)) continue
      if (own > theirs) tally.won++
      else if (own < theirs) tally.lost++
      else tally.drawn++
    }
  }
  return true
}

function rowOf({ name, kind, episodes, won, drawn, lost, scores }: Tally): WorldBoardRow {
  const games = won + drawn + lost
  return {
    name,
    kind,
    episodes,
    won,
    drawn,
    lost,
    share: games === 0 ? null : shareOf(won + drawn / 2, games),
    score: meanOf(scores),
  }
}

/** A share with Wilson's interval: it stays within 0 and 1, and is wide for few games. */
export function shareOf(points: number, games: number): NonNullable<WorldBoardRow['share']> {
  const value = points / games
  const z2 = Z * Z
  const middle = (value + z2 / (2 * games)) / (1 + z2 / games)
  const half = (Z / (1 + z2 / games)) * Math.sqrt((value * (1 - value)) / games + z2 / (4 * games * games))
  return { value, low: Math.max(0, middle - half), high: Math.min(1, middle + half) }
}

/** A mean with the interval of its standard error; of one episode there is none. */
function meanOf(scores: readonly number[]): WorldBoardRow['score'] {
  const value = scores.reduce((sum, score) => sum + score, 0) / scores.length
  if (scores.length < 2) return { value, low: null, high: null }
  const variance = scores.reduce((sum, score) => sum + (score - value) ** 2, 0) / (scores.length - 1)
  const half = Z * Math.sqrt(variance / scores.length)
  return { value, low: value - half, high: value + half }
}
