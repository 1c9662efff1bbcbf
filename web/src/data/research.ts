// Studies for researchers. Every request carries the admin key of the server, which this tab keeps.
import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query'
import { createResearchClient, type ResearchClient } from 'paracosm/client'
import { operatorKeyStore } from './operator.ts'

/** Milliseconds between two polls of a page that follows a study. */
const EVERY_MS = 5000
/** Maximum number of pages of participants that are polled; each has 200. */
const MAX_PAGES = 10

/** A researcher's client, with the key of this tab. @param signal aborts its requests */
export function researchClient(signal?: AbortSignal): ResearchClient {
  return createResearchClient({ url: location.origin, key: operatorKeyStore.get(), signal })
}

export const researchStudiesQuery = (key: string | undefined) =>
  queryOptions({
    queryKey: ['research', key, 'studies'],
    queryFn: () => researchClient().list(),
    refetchInterval: EVERY_MS,
    enabled: key !== undefined,
  })

export const boardQuery = (key: string | undefined, study: string) =>
  queryOptions({
    queryKey: ['research', key, study, 'board'],
    queryFn: () => researchClient().board(study),
    refetchInterval: EVERY_MS,
    enabled: key !== undefined,
  })

export const linkGroupsQuery = (key: string | undefined, study: string) =>
  queryOptions({
    queryKey: ['research', key, study, 'links'],
    queryFn: () => researchClient().linkGroups(study),
    refetchInterval: EVERY_MS,
  })

/** @param view `now`: participants who have neither finished nor left */
export const participantsQuery = (key: string | undefined, study: string, view: 'all' | 'now') =>
  infiniteQueryOptions({
    queryKey: ['research', key, study, 'participants', view],
    queryFn: ({ pageParam }) => researchClient().participants(study, { view, after: pageParam }),
    initialPageParam: '',
    getNextPageParam: ({ next }, pages) => (pages.length < MAX_PAGES ? next : null),
    refetchInterval: EVERY_MS,
  })

export const timelineQuery = (key: string | undefined, study: string, player: string) =>
  queryOptions({
    queryKey: ['research', key, study, 'timeline', player],
    queryFn: () => researchClient().timeline(study, player),
    refetchInterval: EVERY_MS,
    enabled: key !== undefined,
  })

export const transcriptQuery = (key: string | undefined, study: string, session: string) =>
  queryOptions({
    queryKey: ['research', key, study, 'transcript', session],
    queryFn: () => researchClient().transcript(study, session),
    refetchInterval: EVERY_MS,
  })

/** Every fault in a file. Earlier results stay visible during the next check. */
export const checkQuery = (key: string | undefined, source: string) =>
  queryOptions({
    queryKey: ['research', key, 'check', source],
    queryFn: () => researchClient().check(source),
    placeholderData: keepPreviousData,
    enabled: key !== undefined && source.trim() !== '',
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 60_000,
  })
