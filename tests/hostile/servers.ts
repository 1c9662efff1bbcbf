// Real server processes for hostile tests, with addresses for attackers and good clients.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { type RunningCommand, startCommand } from '../../src/testing/cli.ts'

export interface Target {
  readonly url: string
  readonly port: number
  readonly command: RunningCommand
  /** Megabytes of resident memory. */
  rss(): number
}

/** Starts a command and waits for its address. It is killed at the end of the test. */
export async function startTarget(
  context: TestContext,
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<Target> {
  const folder = mkdtempSync(join(tmpdir(), 'paracosm-hostile-'))
  const command = startCommand(args, { env: { PARACOSM_DATA: folder, ...env } })
  context.after(() => {
    command.kill('SIGKILL')
    rmSync(folder, { recursive: true, force: true })
  })
  const [, url = ''] = await command.sees(/(http:\/\/127\.0\.0\.1:\d+)/)
  const rss = (): number => {
    const status = readFileSync(`/proc/${command.pid}/status`, 'utf8')
    return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]) / 1024
  }
  return { url, port: Number(new URL(url).port), command, rss }
}

export const serve = (context: TestContext, ...more: string[]): Promise<Target> =>
  startTarget(context, ['serve', '--port', '0', '--no-showcase', '--no-league', '--no-rate-limits', ...more])

export interface StartedMatch {
  readonly id: string
  readonly tokens: readonly string[]
}

/** Starts a slow match of two open slots on `serve`. */
export async function startMatch({ url }: Target): Promise<StartedMatch> {
  const response = await fetch(`${url}/api/episodes`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ world: 'paint-arena', seed: 1, players: [null, null], tick_rate: 5 }),
  })
  const body = (await response.json()) as { episode: { id: string }; slots: { token: string }[] }
  assert.equal(response.status, 201, JSON.stringify(body))
  return { id: body.episode.id, tokens: body.slots.map(({ token }) => token) }
}

/** Targets of the server's file descriptors; those that close meanwhile are omitted. */
export function openFilesOf({ command }: Target): readonly string[] {
  const folder = `/proc/${command.pid}/fd`
  return readdirSync(folder).flatMap((name) => {
    try {
      return [readlinkSync(`${folder}/${name}`)]
    } catch {
      return []
    }
  })
}

/** A raw connection that swallows its own errors. */
export function dial(port: number): Socket {
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => socket.destroy())
  return socket
}

export const HANDSHAKE =
  'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n'

export const upgradeOf = (path: string, more = ''): string =>
  `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n${HANDSHAKE}${more}\r\n`

/** Sends a text and returns the data received until the server closes or two seconds have passed. */
export async function exchange(port: number, text: string): Promise<string> {
  const socket = dial(port)
  let got = ''
  socket.setEncoding('latin1')
  socket.on('data', (part) => {
    got += part
  })
  socket.write(text)
  const timer = setTimeout(() => socket.destroy(), 2000)
  await once(socket, 'close')
  clearTimeout(timer)
  return got
}

/** Status of the first response to a raw request; 0 without a response. */
export async function statusOf(port: number, text: string): Promise<number> {
  return Number(/^HTTP\/1\.1 (\d{3})/.exec(await exchange(port, text))?.[1] ?? 0)
}

export async function isAlive({ url }: Target): Promise<boolean> {
  const response = await fetch(`${url}/healthz`).catch(() => undefined)
  await response?.body?.cancel()
  // A perception server has no /healthz: any answer shows that it lives.
  return response !== undefined
}

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
