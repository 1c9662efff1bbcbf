// Perception adapters in this process, over real sockets, with a log in memory.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { startPerceptionEngine } from '../../src/server/perception-engine.ts'
import { type PerceptionEpisodeOptions, startPerceptionEpisode } from '../../src/server/perception-episode.ts'
import { type AgentClient, createAgentClient } from '../../src/testing/agent-client.ts'
import { createMemorySink, type MemorySink } from '../../src/testing/memory-sink.ts'

const endings = new WeakMap<TestContext, (() => unknown)[]>()

/** Registers a cleanup for the end of the test; cleanups run in reverse order. */
export function atEnd(test: TestContext, end: () => unknown): void {
  const known = endings.get(test)
  if (known) {
    known.push(end)
    return
  }
  const all = [end]
  endings.set(test, all)
  test.after(async () => {
    for (const each of all.toReversed()) await each()
  })
}

/** A folder that is removed after the test. */
export function createFolder(test: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'paracosm-perception-'))
  atEnd(test, () => rmSync(folder, { recursive: true, force: true }))
  return folder
}

const LOCAL = { hasAuth: true, host: '127.0.0.1', port: 0, otherPorts: 0, version: '0' }

const throwIt = (error: unknown): never => {
  throw error
}

/** One episode behind an adapter: by default frontier's errand for timmy. */
export async function openWorld(
  test: TestContext,
  changes: Partial<PerceptionEpisodeOptions> & { sink?: MemorySink } = {},
) {
  const sink = changes.sink ?? createMemorySink()
  const folder = changes.dataDir ?? createFolder(test)
  const served = await startPerceptionEpisode({
    ...LOCAL,
    dataDir: folder,
    world: 'frontier',
    ...(changes.world === undefined ? { variant: 'errand' } : {}),
    seed: 1,
    agents: ['timmy'],
    tickRate: 100,
    sink,
    onError: throwIt,
    ...changes,
  })
  let isOpen = true
  const close = async (): Promise<void> => {
    if (isOpen) await served.close()
    isOpen = false
  }
  atEnd(test, close)
  const clients = served.adapter.agents.map(({ id, token }) =>
    createAgentClient(served.url, id, (changes.hasAuth ?? true) ? token : undefined),
  )
  return { ...served, dataDir: folder, close, sink, clients, timmy: clients[0]! satisfies AgentClient }
}

/** An adapter that waits for an engine. */
export async function openEngine(test: TestContext, changes: { perceptionMs?: number; dataDir?: string } = {}) {
  const sink = createMemorySink()
  const served = await startPerceptionEngine({
    ...LOCAL,
    dataDir: changes.dataDir ?? createFolder(test),
    engine: 'tes3mp',
    agents: ['timmy', 'ada'],
    sink,
    onError: throwIt,
    ...changes,
  })
  atEnd(test, () => served.close())
  const [timmy, ada] = served.adapter.agents.map(({ id, token }) => createAgentClient(served.url, id, token))
  return { ...served, sink, timmy: timmy!, ada: ada! }
}
