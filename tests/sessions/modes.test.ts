// Only the owner can read dialogue, personal data and keys: in every file of a data folder, a
// dump or a backup, even with a umask of 0.
import assert from 'node:assert/strict'
import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { type RunningCommand, runCommand, startCommand } from '../../src/testing/cli.ts'
import { get, post, register, start } from '../../src/testing/play-api.ts'
import { PlayClient } from '../../src/testing/play-client.ts'
import { eventually } from './echo-play.ts'

/** Every path in a folder that others may read, write or enter, with its mode. */
function openPaths(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).flatMap((name) => {
    const { mode } = statSync(join(folder, name))
    return (mode & 0o077) === 0 ? [] : [`${name} ${(mode & 0o777).toString(8)}`]
  })
}

test('modes: only the owner can access files of a data folder, a dump or a backup', async () => {
  const root = mkdtempSync(join(tmpdir(), 'paracosm-modes-'))
  const data = join(root, 'data')
  const before = process.umask(0)
  const running: RunningCommand[] = []
  try {
    const serve = async () => {
      const served = startCommand(['serve', '--port', '0', '--no-showcase', '--data', data, '--json'])
      running.push(served)
      const [line] = await served.sees(/^\{.*\}$/m)
      return { url: String(JSON.parse(line).url), served }
    }
    const first = await serve()
    const key = await register(first)
    const { socket } = await start(first, key)
    const player = new PlayClient(socket, key)
    await player.until('turn_end')
    await player.advance('I wave.')
    const wanted = { world: 'paint-arena', variant: 'duel', players: ['greedy', 'sweep'] }
    const { body } = await post(first, '/api/episodes', wanted)
    await post(first, '/api/episodes', { ...wanted, players: ['greedy', null] })
    assert.deepEqual(openPaths(data), [], 'while it is used')
    await eventually('an episode is archived', async () => {
      const { body: found } = await get(first, `/api/episodes/${body.episode.id}`)
      return JSON.stringify(found).includes('"finished"')
    })
    assert.ok(readdirSync(data, { recursive: true, encoding: 'utf8' }).some((name) => name.endsWith('.zst')))
    first.served.kill('SIGKILL')
    await first.served.ended
    // As created by an earlier release.
    chmodSync(join(data, 'paracosm.sqlite'), 0o644)
    const second = await serve()
    second.served.kill('SIGTERM')
    await second.served.ended
    for (const command of ['dump', 'backup']) {
      const made = await runCommand(['admin', command, '--data', data, join(root, command)])
      assert.equal(made.status, 0, made.err)
      assert.ok(readdirSync(join(root, command)).length > 0)
    }
    assert.deepEqual(openPaths(root), [])
    const modes = readdirSync(data).filter((name) => name.startsWith('paracosm.sqlite'))
    assert.ok(modes.length > 0)
  } finally {
    process.umask(before)
    for (const each of running) each.kill('SIGKILL')
    rmSync(root, { recursive: true, force: true })
  }
})
