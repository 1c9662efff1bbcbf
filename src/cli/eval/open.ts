// Shared by the commands of `eval`: the store and blobs of a data folder, and evaluations by id or folder.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { inheritedEnvironment } from '../../config.ts'
import type { MatchServices } from '../../evaluation/match.ts'
import { type EvaluationSource, folderSource, storedSource } from '../../evaluation/source.ts'
import type { BlobStore } from '../../host/blobs.ts'
import { FolderBlobs } from '../../host/folder-blobs.ts'
import { makeFolder } from '../../lib/folders.ts'
import { createEndpointClient, MODEL_TIMEOUT_MS } from '../../models/endpoint-client.ts'
import { withRetries } from '../../models/retrying-client.ts'
import { Evaluations } from '../../store/evaluations/evaluations.ts'
import { JobQueue } from '../../store/jobs/job-queue.ts'
import { openStore } from '../../store/store.ts'
import type { Io } from '../io.ts'
import { storeTarget } from '../store.ts'

export interface DataFlags {
  readonly data: string
  readonly json?: boolean
}

export interface EvaluationStorage extends AsyncDisposable {
  readonly evaluations: Evaluations
  readonly queue: JobQueue
  readonly blobs: BlobStore
}

/** @throws AppError the codes of `openStore` */
export async function openEvaluations(io: Io, { data }: DataFlags): Promise<EvaluationStorage> {
  if (io.config.DATABASE_URL === undefined) await makeFolder(data)
  const store = await openStore(storeTarget(io, data, { mode: 'create', runs: 'thread' }))
  return {
    evaluations: new Evaluations(store),
    queue: new JobQueue(store),
    blobs: new FolderBlobs(join(data, 'blobs')),
    [Symbol.asyncDispose]: () => store.close(),
  }
}

/** An evaluation by its id, or a folder that `-o` wrote. */
export function findSource(storage: EvaluationStorage, name: string): Promise<EvaluationSource> {
  if (existsSync(join(name, 'report.json'))) return folderSource(name)
  return storedSource(storage.evaluations, storage.blobs, name)
}

/** Local requirements of matches. */
export function matchServices(io: Io): Omit<MatchServices, 'signal'> {
  const { OPENAI_BASE_URL: baseUrl, OPENAI_API_KEY: apiKey, PARACOSM_CONTAINER_ENGINE: engine } = io.config
  const hasEndpoint = baseUrl !== undefined || apiKey !== undefined
  return {
    worlds: io.worlds,
    environment: inheritedEnvironment(),
    engine: engine ?? 'docker',
    models: hasEndpoint
      ? async () =>
          withRetries(
            await createEndpointClient({
              baseUrl: baseUrl ?? 'https://api.openai.com/v1',
              apiKey,
              timeoutMs: MODEL_TIMEOUT_MS,
            }),
          )
      : undefined,
  }
}
