// A TCP proxy between a client and a server, so that a test can cut the connection at a chosen moment: after a server
// message, or before a client message gets through.
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

export interface CuttingProxy {
  readonly url: string
  /** Target of new connections. */
  target: string
  /** Ends every connection at once, and returns their number. */
  cut(): number
  /** Cuts once when the passing text matches: `up` to the server (before it arrives), `down` to the client (after). */
  cutWhen(direction: 'up' | 'down', pattern: RegExp): Promise<void>
  /** The same, but matching data is dropped. */
  loseWhen(direction: 'up' | 'down', pattern: RegExp): Promise<void>
  /** Nothing passes in either direction, while connections stay open. */
  freeze(): void
  thaw(): void
  /** Number of connections so far. */
  readonly accepted: number
  close(): Promise<void>
}

export async function startProxy(target: string): Promise<CuttingProxy> {
  const pairs = new Set<readonly [Socket, Socket]>()
  let trap: { direction: 'up' | 'down'; pattern: RegExp; isLost: boolean; sprung: () => void } | undefined
  let isFrozen = false
  let accepted = 0
  const server = createServer((near) => {
    accepted++
    const { hostname, port } = new URL(proxy.target)
    const far = connect(Number(port), hostname)
    const pair = [near, far] as const
    pairs.add(pair)
    const end = (): void => {
      pairs.delete(pair)
      near.destroy()
      far.destroy()
    }
    const pass = (direction: 'up' | 'down', from: Socket, to: Socket): void => {
      from.on('data', (chunk: Buffer) => {
        if (isFrozen) return
        const text = direction === 'up' ? unmask(chunk) : chunk.toString('utf8')
        if (trap?.direction === direction && trap.pattern.test(text)) {
          const { sprung, isLost } = trap
          trap = undefined
          if (!isLost) to.write(chunk, end)
          else end()
          sprung()
        } else to.write(chunk)
      })
      from.on('error', end)
      from.on('close', end)
    }
    pass('up', near, far)
    pass('down', far, near)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const proxy: CuttingProxy = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    target,
    get accepted() {
      return accepted
    },
    cut() {
      const { size } = pairs
      for (const [near, far] of pairs) {
        near.destroy()
        far.destroy()
      }
      return size
    },
    cutWhen(direction, pattern) {
      return new Promise((resolve) => {
        trap = { direction, pattern, isLost: direction === 'up', sprung: resolve }
      })
    },
    loseWhen(direction, pattern) {
      return new Promise((resolve) => {
        trap = { direction, pattern, isLost: true, sprung: resolve }
      })
    },
    freeze() {
      isFrozen = true
    },
    thaw() {
      isFrozen = false
    },
    async close() {
      proxy.cut()
      server.close()
      await once(server, 'close')
    },
  }
  return proxy
}

/** The text of the small masked frames in one chunk; any other data is read as plain text. */
function unmask(chunk: Buffer): string {
  let text = ''
  let at = 0
  while (at + 6 <= chunk.length && (chunk[at]! & 0xf0) === 0x80) {
    let length = chunk[at + 1]! & 0x7f
    at += 2
    if (length === 126) {
      length = chunk.readUInt16BE(at)
      at += 2
    }
    const mask = chunk.subarray(at, at + 4)
    at += 4
    const body = Buffer.from(chunk.subarray(at, at + length))
    for (let i = 0; i < body.length; i++) body[i]! ^= mask[i % 4]!
    text += body.toString('utf8')
    at += length
  }
  return text === '' ? chunk.toString('utf8') : text
}
