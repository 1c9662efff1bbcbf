// The board of a study: quotas, opening and closing, and links.
import { HttpError } from '../../../protocol/session.ts'
import { LinkGroups, MadeLinks, MakeLinks, StudyBoard, StudyEntry } from '../../../protocol/study-research.ts'
import type { StudyServices } from '../services.ts'
import { type App, about, BASE, StudyParams } from './about.ts'
import { boardOf, entryOf } from './rows.ts'

const one = { ...about, params: StudyParams }

export function boardRoutes(app: App, services: StudyServices): void {
  const { catalogue, studies } = services
  app.get(
    `${BASE}/:name`,
    {
      schema: {
        ...one,
        summary: 'The board of a study: its file, its quotas, and the progress of participants',
        response: { 200: StudyBoard, '4xx': HttpError },
      },
    },
    async (request) => boardOf(services, await catalogue.open(request.params.name)),
  )
  for (const [verb, isClosed] of [
    ['close', true],
    ['open', false],
  ] as const) {
    app.post(
      `${BASE}/:name/${verb}`,
      {
        schema: {
          ...one,
          summary: isClosed ? 'Close a study to new participants' : 'Reopen a study to new participants',
          response: { 200: StudyEntry, '4xx': HttpError },
        },
      },
      async (request) => {
        const { study } = await catalogue.open(request.params.name)
        await studies.setClosed(study.name, isClosed)
        return entryOf(services, await catalogue.open(study.name))
      },
    )
  }
}

export function linkRoutes(app: App, services: StudyServices): void {
  const { catalogue, enrolment, monitor } = services
  app.post(
    `${BASE}/:name/links`,
    {
      schema: {
        ...one,
        summary: 'Create links; they are shown only once',
        body: MakeLinks,
        response: { 200: MadeLinks, '4xx': HttpError },
      },
    },
    async (request) => {
      const { study } = await catalogue.open(request.params.name)
      const { count, is_reusable: isReusable, label } = request.body
      const tokens = await enrolment.makeLinks(study.name, count, { label, isReusable })
      const path = `/study/${encodeURIComponent(study.name)}`
      return { links: tokens.map((token) => ({ token, path: `${path}?token=${token}`, label })) }
    },
  )
  app.get(
    `${BASE}/:name/links`,
    {
      schema: {
        ...one,
        summary: 'Links by label, with the numbers created and used',
        response: { 200: LinkGroups, '4xx': HttpError },
      },
    },
    async (request) => {
      const { study } = await catalogue.open(request.params.name)
      const groups = await monitor.linkGroups(study.name)
      return { groups: groups.map(({ isReusable, ...group }) => ({ ...group, is_reusable: isReusable })) }
    },
  )
}
