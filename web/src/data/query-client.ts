// How the application caches responses: they are shown at once when a page is opened again, and refetched.
import { QueryClient } from '@tanstack/react-query'
import { ClientError } from 'paracosm/client'

/** Milliseconds for which a response counts as fresh. */
const FRESH_MS = 2000

export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: FRESH_MS,
        // The client repeats reads itself.
        retry: false,
        refetchOnWindowFocus: true,
        networkMode: 'always',
      },
      mutations: { networkMode: 'always' },
    },
  })
}

/** The code of a failed request, for pages that distinguish failures. */
export function codeOf(error: unknown): string {
  if (!(error instanceof ClientError)) return 'INTERNAL_ERROR'
  return error.problem?.code ?? error.code
}
