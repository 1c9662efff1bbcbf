// What a service of episodes is made from.
import type { Episode } from '../episode/episode.ts'
import type { EpisodeSummary } from '../protocol/catalogue.ts'
import type { EpisodeStorage } from './episode-archive.ts'
import type { Log } from './log.ts'
import type { ResumeSettings } from './resume.ts'
import type { WorldRegistry } from './world-registry.ts'

export interface EpisodeServiceOptions {
  readonly worlds: WorldRegistry
  /** Storage of episodes; without it, every episode needs its own sink. */
  readonly storage?: EpisodeStorage | undefined
  readonly log?: Log | undefined
  /** Called for every episode that this process runs from now on: started, forked, resumed. They must not throw. */
  readonly onBegun?: readonly ((episode: Episode) => void)[] | undefined
  /** Called for every episode that has ended or failed, once its journal is archived. */
  readonly onArchived?: ((id: string) => void) | undefined
  readonly resume?: Partial<ResumeSettings> | undefined
  /** Whether `resumeUnfinished` follows once requests are taken. Default: no. */
  readonly resumesLater?: boolean | undefined
  /** Ends the id of every new episode; default: nothing. */
  readonly idSuffix?: string | undefined
  /** The current summaries of episodes that other processes of this server run. */
  readonly liveElsewhere?: ((ids: readonly string[]) => Promise<ReadonlyMap<string, EpisodeSummary>>) | undefined
}
