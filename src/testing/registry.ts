// A stand-in for a registry of the OCI distribution API: what is pushed in one request each, with a password.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { digestOf } from './images.ts'

export interface TestRegistry {
  readonly host: string
  /** Blobs by digest, and manifests by `repository:tag`. */
  readonly content: ReadonlyMap<string, Buffer>
  /** Method and path of every request. */
  readonly requests: readonly string[]
  close(): void
}

/** @param login `user:password` */
export async function startRegistry(login: string): Promise<TestRegistry> {
  const content = new Map<string, Buffer>()
  const requests: string[] = []
  const expected = `Basic ${Buffer.from(login).toString('base64')}`
  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '', 'http://registry')
    requests.push(`${request.method} ${url.pathname}`)
    const parts: Buffer[] = []
    for await (const part of request) parts.push(part)
    const body = Buffer.concat(parts)
    const answer = (status: number, headers: Record<string, string> = {}) => response.writeHead(status, headers).end()
    // As the registry of the contract does: no question before a push.
    if (request.method === 'HEAD') return answer(403)
    if (request.headers.authorization !== expected) return answer(401)
    const blob = /^\/v2\/(.+)\/blobs\/uploads\/(\w*)$/.exec(url.pathname)
    const manifest = /^\/v2\/(.+)\/manifests\/([^/]+)$/.exec(url.pathname)
    if (request.method === 'POST' && blob) return answer(202, { location: `${url.pathname}session?state=a%2Bb` })
    if (request.method === 'PUT' && blob) {
      const digest = url.searchParams.get('digest') ?? ''
      if (url.searchParams.get('state') !== 'a+b' || digestOf(body) !== digest) return answer(400)
      content.set(digest, body)
      return answer(201)
    }
    if (request.method !== 'PUT' || !manifest) return answer(404)
    content.set(`${manifest[1]}:${manifest[2]}`, body)
    return answer(201)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    host: `127.0.0.1:${port}`,
    content,
    requests,
    close() {
      server.closeAllConnections()
      server.close()
    },
  }
}
