// To a player, a restart of the real server, graceful or not, never looks like the end of the session.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { type RunningCommand, startCommand } from '../../src/testing/cli.ts'
import { startModelServer } from '../../src/testing/model-server.ts'
import { get, register, start } from '../../src/testing/play-api.ts'
import { PlayClient } from '../../src/testing/play-client.ts'
import { eventually } from './echo-play.ts'

const ANSWERS: Readonly<Record<string, string>> = {
  opener: '{"type":"ai","content":"You enter a new space. JACK is here."}',
  updater: '{"type":"ai","content":"JACK looks up."}',
  validator: '{"pass": true}',
}

for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
  test(`sessions: after ${signal} during a turn the model calls are repeated and the turn delivered after the replay`, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'paracosm-restart-'))
    const held = Promise.withResolvers<void>()
    const released = Promise.withResolvers<void>()
    let isHeld = false
    const running: RunningCommand[] = []
    const model = await startModelServer(async ({ model: role }) => {
      if (role === 'updater' && isHeld) {
        held.resolve()
        await released.promise
      }
      return ANSWERS[role] ?? ''
    })
    const roles = ['opener', 'updater', 'validator', 'scorer'].flatMap((role) => [`--${role}-model`, role])
    const args = [
      'serve',
      '--port',
      '0',
      '--no-showcase',
      '--data',
      folder,
      '--json',
      '--base-url',
      model.url,
      ...roles,
    ]
    const serve = async () => {
      const process = startCommand(args, { env: { OPENAI_API_KEY: 'k' } })
      running.push(process)
      const [line] = await process.sees(/^\{.*\}$/m)
      return { url: String(JSON.parse(line).url), process }
    }
    try {
      const first = await serve()
      const key = await register(first)
      const { id, socket } = await start(first, key)
      const client = new PlayClient(socket, key)
      await client.until('turn_end')
      await client.advance('I wave.')
      isHeld = true
      client.send({ type: 'advance', text: 'I whistle.' })
      await held.promise
      // The model may be called before the request is durable; unacknowledged data may be lost.
      await eventually('the question is kept', async () => {
        const { body } = await get(first, `/api/sessions/${id}/reconstruction`, key)
        return JSON.stringify(body).includes('I whistle.')
      })
      const shown = client.frames.length
      first.process.kill(signal)
      assert.equal(await client.closed, signal === 'SIGTERM' ? 1012 : 1006)
      assert.deepEqual(client.frames.slice(shown), [], 'nothing that a player could take for an end')
      await first.process.ended
      const second = await serve()
      const back = new PlayClient(`${second.url.replace('http', 'ws')}/api/play/game/${id}/ws`, key)
      const replay = await back.until('replay_end')
      assert.ok(replay.some((frame) => frame.content === 'I whistle.'))
      assert.equal(replay.at(-1)?.turns, 2)
      isHeld = false
      released.resolve()
      assert.equal((await back.until('turn_end')).at(-1)?.turns, 3)
      assert.equal((await back.advance('I bow.')).at(-1)?.turns, 4)
      await back.close()
      second.process.kill('SIGTERM')
      await second.process.ended
    } finally {
      released.resolve()
      for (const each of running) each.kill('SIGKILL')
      await model.close()
      rmSync(folder, { recursive: true, force: true })
    }
  })
}
