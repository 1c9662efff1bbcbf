// The pages of a game: `/clients/<page>` in 0.1.0, `/client/<page>` in later games. The second is tried where the first
// does not exist.
import { type Finding, type ProbeLimits, probePage } from './probe.ts'

/** The page folders of both generations, the older one first. */
export const PAGE_FOLDERS = ['clients', 'client'] as const
export type PageFolder = (typeof PAGE_FOLDERS)[number]
export type Page = 'player' | 'global' | 'replay'

export interface FoundPage {
  readonly finding: Finding
  /** Where the page responded, or where the fault was found. */
  readonly folder: PageFolder
}

/** Fetches a page; `query` begins with `?`, or is empty. */
export async function findPage(url: string, page: Page, query: string, limits: ProbeLimits): Promise<FoundPage> {
  const first = await probePage(`${url}/clients/${page}${query}`, limits)
  if (first.ok || first.status !== 404) return { finding: first, folder: 'clients' }
  const second = await probePage(`${url}/client/${page}${query}`, limits)
  // Neither exists: report the fault of the older route, as 0.1.0 words it.
  return second.status === 404 ? { finding: first, folder: 'clients' } : { finding: second, folder: 'client' }
}
