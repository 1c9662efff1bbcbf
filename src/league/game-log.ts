// The log of an episode that the server has played, made from its row and its journal when someone asks: what was played,
// by whom, which commands were refused or late, how it ended. Everyone who may see the episode may read it.
import type { JournalFile } from '../episode/journal-file.ts'
import { parseLine, splitHash } from '../kernel/journal.ts'
import type { JournalLine } from '../protocol/journal.ts'
import type { EpisodeRecord, PolicyVersionRecord } from '../store/leagues/rows.ts'

/** Lines about steps: as many as runners keep of a log. */
const MAX_LINES = 10_000
/** Characters of a configuration in the log, and of a reason. */
const MAX_CONFIG = 4000
const MAX_REASON = 300

/**
 * The text, as it comes.
 * @param versions one per slot
 * @param file undefined: nothing was played
 */
export async function* gameLogOf(
  episode: EpisodeRecord,
  versions: readonly PolicyVersionRecord[],
  file: JournalFile | undefined,
): AsyncGenerator<string> {
  yield `${new Date(episode.createdAt).toISOString()} episode ereq_${episode.id}, seed ${episode.request.seed}\n`
  for (const [slot, { name, version, player }] of versions.entries()) {
    yield `slot ${slot}: ${oneLine(name)}:v${version} (${player.kind})\n`
  }
  if (file) {
    const { world, variant, config, started_at: at } = file.header
    yield `${at} ${world.id} ${world.version}, variant ${variant ?? 'none'}\n`
    yield `config ${JSON.stringify(config).slice(0, MAX_CONFIG)}\n`
    yield* stepsOf(file)
  }
  const ended = episode.endedAt === null ? '' : `${new Date(episode.endedAt).toISOString()} `
  const scores = episode.scores === null ? '' : `, scores ${JSON.stringify(episode.scores)}`
  const fault = episode.error === null ? '' : `: ${oneLine(episode.error)}`
  yield `${ended}${episode.status}${scores}${fault}\n`
}

async function* stepsOf(file: JournalFile): AsyncGenerator<string> {
  let written = 0
  let left = 0
  for await (const batch of file.lines()) {
    const lines = batch.flatMap((text) => {
      // Bare steps have nothing to say, and are most of a journal.
      if (!/"(?:changes|refused|timeouts|outcome|failure)"/.test(text)) return []
      const split = splitHash(text)
      return split ? linesOf(parseLine(split.body, 0)) : []
    })
    const shown = lines.slice(0, Math.max(0, MAX_LINES - written))
    written += shown.length
    left += lines.length - shown.length
    if (shown.length > 0) yield shown.map((line) => `${line}\n`).join('')
  }
  if (left > 0) yield `${left} more lines\n`
}

function linesOf(parsed: JournalLine): string[] {
  switch (parsed.kind) {
    case 'step': {
      const { step, changes = [], refused = [], timeouts = [] } = parsed.line
      return [
        ...changes.map(([slot, { event }]) => `step ${step}: slot ${slot} ${event.replaceAll('_', ' ')}`),
        ...refused.map(
          ([slot, , { code, reason }]) => `step ${step}: slot ${slot} refused: ${code}: ${oneLine(reason)}`,
        ),
        ...timeouts.map((slot) => `step ${step}: slot ${slot} too late`),
      ]
    }
    case 'outcome':
      return [`step ${parsed.line.step}: ends: ${oneLine(JSON.stringify(parsed.line.outcome))}`]
    case 'failure':
      return [`step ${parsed.line.step}: fails: ${oneLine(JSON.stringify(parsed.line.failure))}`]
    default:
      return []
  }
}

const oneLine = (text: string): string => text.replaceAll(/\s*[\r\n]+\s*/g, ' ').slice(0, MAX_REASON)
