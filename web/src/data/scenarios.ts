// Scenarios that people judge characters by, with the admin key of this tab.
import { queryOptions } from '@tanstack/react-query'
import { researchClient } from './research.ts'

/** Milliseconds between two polls while a character answers. */
const EVERY_MS = 1000

export const scenarioListQuery = (key: string | undefined) =>
  queryOptions({
    queryKey: ['research', key, 'hitl'],
    queryFn: () => researchClient().hitlList(),
    enabled: key !== undefined,
  })

export const scenariosQuery = (key: string | undefined, character: string) =>
  queryOptions({
    queryKey: ['research', key, 'hitl', character],
    queryFn: () => researchClient().hitl(character),
    refetchInterval: ({ state: { data } }) => (data?.progress.is_answering ? EVERY_MS : false),
    enabled: key !== undefined,
  })
