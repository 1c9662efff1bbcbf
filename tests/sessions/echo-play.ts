// Sessions of the echo world for tests of failures: quick to start and deterministic.
import assert from 'node:assert/strict'
import type { RoleModels } from '../../src/adapters/session/role-models.ts'
import { createEchoWorld } from '../../src/testing/echo-world.ts'
import { post } from '../../src/testing/play-api.ts'
import { PlayClient, type PlayFrame } from '../../src/testing/play-client.ts'
import type { SessionServer } from './session-server.ts'

export const ECHO = createEchoWorld()

/** Deadline for anything that a test waits for, in ms, with margin for a busy machine. */
const PATIENCE_MS = 60_000

export const socketOf = (server: SessionServer, id: string): string =>
  `${server.url.replace('http', 'ws')}/api/play/game/${id}/ws`

export async function createEcho(server: SessionServer, key: string): Promise<string> {
  const { status, body } = await post(server, '/api/play/game', { api_key: key, game: 'Echo' })
  assert.equal(status, 200, JSON.stringify(body))
  return body.session_id
}

/** A session after its opening. */
export async function playEcho(server: SessionServer, key: string): Promise<{ id: string; client: PlayClient }> {
  const id = await createEcho(server, key)
  const client = new PlayClient(socketOf(server, id), key)
  await client.until('turn_end')
  return { id, client }
}

/** Connects until the session is available: other servers release it shortly after a lost connection. */
export async function reconnect(
  server: SessionServer,
  id: string,
  key: string,
): Promise<{ client: PlayClient; replay: readonly PlayFrame[] }> {
  const until = Date.now() + PATIENCE_MS
  for (;;) {
    const client = new PlayClient(socketOf(server, id), key)
    const replay = await client.until('replay_end', 'turn_end', 'error').catch(() => [])
    if (replay.length > 0 && replay.at(-1)?.type !== 'error') return { client, replay }
    assert.ok(Date.now() < until, `not connected in time: ${JSON.stringify(replay)}`)
    await client.closed
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

/** Polls until the condition holds. */
export async function eventually(what: string, holds: () => Promise<boolean> | boolean): Promise<void> {
  const until = Date.now() + PATIENCE_MS
  while (!(await holds())) {
    assert.ok(Date.now() < until, `never: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

/** Models whose answers wait until the gate is opened. */
export function createGate(): { readonly models: RoleModels; readonly asked: () => number; open(): void } {
  const gate = Promise.withResolvers<void>()
  let asked = 0
  const profile = { updater_model: 'm', validator_model: 'm', scorer_model: 'm' }
  return {
    asked: () => asked,
    open: () => gate.resolve(),
    models: {
      kind: 'fixed',
      profile,
      async answer() {
        asked++
        await gate.promise
        return { text: 'The gate is open.' }
      },
    },
  }
}
