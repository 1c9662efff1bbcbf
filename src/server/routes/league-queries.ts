// Shared by the routes of leagues: their dependencies, and the query format of this API.
import { z } from 'zod'
import type { BlobStore } from '../../host/blobs.ts'
import type { EpisodeService } from '../../host/episode-service.ts'
import type { HostedAuth } from '../hosted-auth.ts'
import { bareId } from '../hosted-view.ts'
import type { LeagueServices } from '../leagues.ts'

export interface LeagueRouteOptions
  extends Pick<
    LeagueServices,
    | 'leagues'
    | 'rounds'
    | 'memberships'
    | 'service'
    | 'submissions'
    | 'desk'
    | 'sources'
    | 'secrets'
    | 'images'
    | 'imageDesk'
    | 'tickets'
    | 'coworlds'
    | 'coworldSecrets'
    | 'packages'
    | 'janitor'
    | 'experiences'
    | 'experienceDesk'
    | 'reports'
    | 'roleDesk'
  > {
  readonly auth: HostedAuth
  readonly blobs: BlobStore
  readonly episodes: EpisodeService
}

export const Id = z.strictObject({ id: z.string().min(1).max(100) })
/** The values on the wire. */
export const Flag = z.enum(['true', 'false']).default('false')
export const limit = (most: number, usual: number) => z.coerce.number().int().min(1).max(most).default(usual)
export const Offset = z.coerce.number().int().min(0).default(0)
export const Filter = z.string().max(100).optional()
export const describe = (summary: string) => ({ summary, tags: ['leagues'] })

/** A filter's id without its prefix. */
export const bareFilter = (id: string | undefined): string | undefined => (id === undefined ? undefined : bareId(id))
