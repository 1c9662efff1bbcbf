// Files of studies, with the admin key: list, check, add, replace, and set the quota.

import { setQuota } from '../../../experiment/file/set-quota.ts'
import { AppError } from '../../../kernel/errors.ts'
import { JsonObject } from '../../../protocol/json.ts'
import { HttpError } from '../../../protocol/session.ts'
import {
  CheckedStudy,
  PutStudy,
  SetQuota,
  StudyBoard,
  StudyEntry,
  StudyList,
} from '../../../protocol/study-research.ts'
import type { StudyServices } from '../services.ts'
import { type App, about, BASE, StudyParams } from './about.ts'
import { boardOf, entryOf, previewOf } from './rows.ts'

export function fileRoutes(app: App, services: StudyServices): void {
  const { catalogue } = services
  app.get(
    BASE,
    { schema: { ...about, summary: 'The studies', response: { 200: StudyList, '4xx': HttpError } } },
    async () => ({ studies: await Promise.all((await catalogue.list()).map((open) => entryOf(services, open))) }),
  )
  app.post(
    BASE,
    {
      schema: {
        ...about,
        summary: 'Add a study, or replace its file',
        body: PutStudy,
        response: { 200: StudyEntry, '4xx': HttpError },
      },
    },
    async (request) => {
      const { source, replaces } = request.body
      await requirePlace(services, source, replaces)
      const { name } = await catalogue.add(source, { where: 'the file' })
      return entryOf(services, await catalogue.open(name))
    },
  )
  app.post(
    `${BASE}/check`,
    {
      schema: {
        ...about,
        summary: 'Check a file and return every mistake',
        body: PutStudy,
        response: { 200: CheckedStudy, '4xx': HttpError },
      },
    },
    (request) => {
      const { generation, config, faults, warnings, study } = catalogue.check(request.body.source)
      return {
        generation,
        is_valid: config !== undefined,
        faults: [...faults],
        warnings: [...warnings],
        config: config === undefined ? null : JsonObject.parse(config),
        preview: study ? previewOf(study) : null,
      }
    },
  )
  app.post(
    `${BASE}/:name/quota`,
    {
      schema: {
        ...about,
        params: StudyParams,
        summary: 'Change how many players each game needs; the rest of the file does not change',
        body: SetQuota,
        response: { 200: StudyBoard, '4xx': HttpError },
      },
    },
    async (request) => {
      const { study, source } = await catalogue.open(request.params.name)
      const changed = setQuota(source, study.generation, request.body.quota_per_game)
      await catalogue.add(changed, { where: study.name })
      return boardOf(services, await catalogue.open(study.name))
    },
  )
}

/** @throws AppError FILE_EXISTS: the file belongs to another study than the caller expects */
async function requirePlace(
  { catalogue, studies }: StudyServices,
  source: string,
  replaces: string | null | undefined,
): Promise<void> {
  const { study } = catalogue.check(source)
  if (replaces === undefined || !study) return
  const known = await studies.find(study.name)
  if (replaces === null && known) {
    throw new AppError('FILE_EXISTS', `There is a study ${known.name} already.`, {
      hint: 'Give the new one another name, or open that study to replace its file.',
    })
  }
  if (replaces !== null && known?.name !== replaces) {
    throw new AppError('FILE_EXISTS', `The file is named ${study.name}, and the study ${replaces}.`, {
      hint: `Write name: ${replaces} to replace it. A copy with another name is a new study.`,
    })
  }
}
