// What is kept of an episode of a league or an experience request, and who may have which part: the logs and zips of a
// policy are for its owner, everything else for everyone who may see the episode.

import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import type { z } from 'zod'
import type { JournalFile } from '../episode/journal-file.ts'
import { type BlobStore, readBlob } from '../host/blobs.ts'
import type { EpisodeService } from '../host/episode-service.ts'
import { AppError } from '../kernel/errors.ts'
import { artefactBlob, gameLogBlob, logBlob, replayBlob, resultsBlob, slotsWith } from '../league/episode-artefacts.ts'
import { gameLogOf } from '../league/game-log.ts'
import { type ZipPart, zipParts } from '../lib/zip-parts.ts'
import type { ErrorInfo, PolicyArtefact } from '../protocol/episode-artefacts.ts'
import type { EpisodeStats, HostedEpisode } from '../protocol/hosted.ts'
import type { BundleContent, BundleParts } from '../runner/bundle.ts'
import type { Leagues } from '../store/leagues/leagues.ts'
import type { Rounds } from '../store/leagues/rounds.ts'
import type { EpisodeRecord, PolicyVersionRecord } from '../store/leagues/rows.ts'
import { type Caller, mayUse } from './hosted-auth.ts'
import { bareId, HostedView } from './hosted-view.ts'
import { replayStream } from './journal-stream.ts'

export interface EvidenceOptions {
  readonly leagues: Leagues
  readonly rounds: Rounds
  readonly blobs: BlobStore
  readonly episodes: EpisodeService
}

/** Maximum characters of a message in `error_info.json`. */
const MAX_MESSAGE = 2000

export class EpisodeEvidence {
  readonly #options: EvidenceOptions

  constructor(options: EvidenceOptions) {
    this.#options = options
  }

  /** @throws AppError UNKNOWN_EPISODE */
  async find(id: string): Promise<EpisodeRecord> {
    const found = await this.#options.rounds.findEpisode(bareId(id))
    if (found) return found
    throw new AppError('UNKNOWN_EPISODE', `there is no episode ${id}`)
  }

  /** @throws AppError UNKNOWN_EPISODE for an episode that has not been played */
  async findEnded(id: string): Promise<EpisodeRecord> {
    const episode = await this.find(id)
    if (episode.status !== 'pending') return episode
    throw new AppError('UNKNOWN_EPISODE', `episode ${id} has not been played yet`)
  }

  /** @throws AppError UNKNOWN_EPISODE for an episode without results */
  async stats(episode: EpisodeRecord): Promise<z.infer<typeof EpisodeStats>> {
    const { id, scores } = episode
    if (!scores) throw new AppError('UNKNOWN_EPISODE', `episode ${id} has no results`)
    const view = await HostedView.read(this.#options.leagues)
    const file = await this.#journal(episode)
    try {
      const { line } = (await file?.last()) ?? {}
      const steps = line === undefined ? null : line.kind === 'header' ? 0 : line.line.step
      return statsOf(view.episode(episode), scores, steps)
    } finally {
      await file?.close()
    }
  }

  async #journal({ id, journal }: EpisodeRecord): Promise<JournalFile | undefined> {
    return journal === null ? undefined : this.#options.episodes.readJournal(`league-${id}`)
  }

  /** The log of the game. */
  async gameLog(episode: EpisodeRecord): Promise<Readable> {
    return Readable.from(this.#gameLog(episode, await this.#versions(episode)))
  }

  async *#gameLog(episode: EpisodeRecord, versions: readonly PolicyVersionRecord[]): AsyncGenerator<Uint8Array> {
    const file = await this.#journal(episode)
    try {
      for await (const text of gameLogOf(episode, versions, file)) yield Buffer.from(text)
    } finally {
      await file?.close()
    }
    const own = gameLogBlob(episode.id)
    if (await this.#options.blobs.exists(own)) yield* readBlob(this.#options.blobs, own)
  }

  /** The blob of what the game of a package has left; undefined for an episode of a world, and one that left nothing. */
  async ofPackage({ id, hash, journal }: EpisodeRecord, kind: 'results' | 'replay'): Promise<string | undefined> {
    if (hash === null || journal !== null) return undefined
    const name = kind === 'results' ? resultsBlob(id, hash) : replayBlob(id, hash)
    return (await this.#options.blobs.exists(name)) ? name : undefined
  }

  #versions({ request }: EpisodeRecord): Promise<PolicyVersionRecord[]> {
    return Promise.all(request.policy_version_ids.map((id) => this.#options.leagues.policyVersion(id)))
  }

  /** Slots with a log, and slots with a zip. */
  slots({ id, request }: EpisodeRecord): ReturnType<typeof slotsWith> {
    return slotsWith(this.#options.blobs, id, request.policy_version_ids.length)
  }

  /** Slots with something that the caller may have; undefined: a caller who has not said who they are. */
  async policyArtefacts(episode: EpisodeRecord, caller: Caller | undefined): Promise<PolicyArtefact[]> {
    if (!caller) return []
    const { logs, artefacts } = await this.slots(episode)
    const versions = await this.#versions(episode)
    return versions.flatMap(({ id, name, playerId }, slot) =>
      mayUse(caller, playerId) && (logs.has(slot) || artefacts.has(slot))
        ? [
            {
              position: slot,
              policy_version_id: id,
              policy_name: name,
              has_log: logs.has(slot),
              has_artifact: artefacts.has(slot),
            },
          ]
        : [],
    )
  }

  /**
   * The name of the blob with a slot's log or zip.
   * @param version the version that must have played the slot; undefined: any
   * @throws AppError UNKNOWN_EPISODE when there is none; NOT_YOURS
   */
  async ofSlot(
    episode: EpisodeRecord,
    wanted: { readonly kind: 'log' | 'artefact'; readonly slot: number; readonly version?: string | undefined },
    caller: Caller,
  ): Promise<string> {
    const { kind, slot } = wanted
    const version = episode.request.policy_version_ids[slot]
    if (version !== undefined && wanted.version !== undefined && version !== wanted.version) {
      throw new AppError('UNKNOWN_EPISODE', `agent ${slot} of episode ${episode.id} is not ${wanted.version}`)
    }
    const name = kind === 'log' ? logBlob(episode.id, slot) : artefactBlob(episode.id, slot)
    if (version !== undefined && !mayUse(caller, (await this.#options.leagues.policyVersion(version)).playerId)) {
      throw new AppError('NOT_YOURS', `agent ${slot} is the policy of another player`)
    }
    if (version !== undefined && (await this.#options.blobs.exists(name))) return name
    throw new AppError('UNKNOWN_EPISODE', `episode ${episode.id} has no ${kind} of agent ${slot}`)
  }

  /** What a bundle of an episode may contain for a caller. */
  async bundleParts(episode: EpisodeRecord, caller: Caller | undefined): Promise<BundleParts> {
    const { blobs, episodes } = this.#options
    const { id, status, scores, journal } = episode
    const own = await this.policyArtefacts(episode, caller)
    const versions = await this.#versions(episode)
    const fault = errorInfoOf(episode)
    const [results, replay] = [await this.ofPackage(episode, 'results'), await this.ofPackage(episode, 'replay')]
    const content =
      (name: string): BundleContent =>
      () =>
        readBlob(blobs, name)
    return {
      id: `ereq_${id}`,
      status: status === 'completed' ? 'success' : 'failed',
      results: results === undefined ? (scores ? json({ scores }) : undefined) : await buffer(readBlob(blobs, results)),
      errorInfo: fault && json(fault),
      replay:
        replay !== undefined
          ? content(replay)
          : journal === null
            ? undefined
            : () => bytesOf(() => replayStream(episodes, `league-${id}`)),
      gameLog: () => this.#gameLog(episode, versions),
      playerLogs: new Map(
        own.flatMap(({ position: slot, has_log: has }) => (has ? [[slot, content(logBlob(id, slot))]] : [])),
      ),
      playerArtefacts: new Map(
        own.flatMap(({ position: slot, has_artifact: has }) => (has ? [[slot, content(artefactBlob(id, slot))]] : [])),
      ),
    }
  }

  /** A zip of the logs of an episode that the caller may see. */
  async debugArchive(episode: EpisodeRecord, caller: Caller | undefined): Promise<Readable> {
    const { blobs } = this.#options
    const versions = await this.#versions(episode)
    const own = await this.policyArtefacts(episode, caller)
    const logs = own.filter((each) => each.has_log).map(({ position }) => position)
    const parts: ZipPart[] = [
      { name: 'game.stdout.log', content: () => this.#gameLog(episode, versions) },
      ...logs.map((slot) => ({
        name: `policy_agent_${slot}.log`,
        content: () => readBlob(blobs, logBlob(episode.id, slot)),
      })),
    ]
    return Readable.from(zipParts(parts))
  }
}

/** Undefined: the episode has not failed. */
export function errorInfoOf({ error, errorInfo }: EpisodeRecord): ErrorInfo | undefined {
  if (error === null) return undefined
  return { ...(errorInfo ?? { error_type: 'crash' as const }), message: error.slice(0, MAX_MESSAGE) }
}

const json = (value: unknown): Buffer => Buffer.from(`${JSON.stringify(value, undefined, 2)}\n`)

/** The bytes of a stream of text that is opened when it is read. */
async function* bytesOf(open: () => Promise<Readable>): AsyncGenerator<Uint8Array> {
  for await (const part of await open()) yield Buffer.from(String(part))
}

/** Scores are the rewards of agents; worlds of ours count nothing else for all of them alike. */
function statsOf(
  { assignments, participants }: HostedEpisode,
  scores: readonly number[],
  steps: number | null,
): z.infer<typeof EpisodeStats> {
  const policies = participants.map(({ position, policy_version_id, policy_name, version }) => {
    const agents = scores.flatMap((reward, agent_id) =>
      assignments[agent_id] === position ? [{ agent_id, reward, metrics: {} }] : [],
    )
    const total = agents.reduce((sum, { reward }) => sum + reward, 0)
    return {
      position,
      policy_version_id,
      policy_name,
      policy_version: version,
      num_agents: agents.length,
      avg_metrics: {},
      avg_reward: agents.length === 0 ? 0 : total / agents.length,
      agents,
    }
  })
  return { game_stats: {}, policy_stats: policies, steps }
}
