// Serves the sources to a browser: TypeScript with its types stripped, and zod through an import map. So a browser can
// run the same code as a server.
import { readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { stripTypeScriptTypes } from 'node:module'
import type { AddressInfo } from 'node:net'
import { join, normalize } from 'node:path'

const ROOT = join(import.meta.dirname, '..', '..')
const PAGE = `<!doctype html><html lang="en"><title>modules</title><link rel="icon" href="data:,">
<script type="importmap">{"imports":{"zod":"/node_modules/zod/index.js","three":"/node_modules/three/build/three.module.js"}}</script>`

/** Starts the server on a free port; modules can be imported as `/src/...` from the page at `url`. */
export async function startModuleServer(): Promise<{ url: string; close(): void }> {
  const server: Server = createServer((request, response) => {
    const path = normalize(new URL(request.url ?? '/', 'http://localhost').pathname)
    try {
      if (path === '/') response.writeHead(200, { 'content-type': 'text/html' }).end(PAGE)
      else {
        const text = readFileSync(join(ROOT, path), 'utf8')
        const body = path.endsWith('.ts') ? stripTypeScriptTypes(text) : text
        response.writeHead(200, { 'content-type': 'text/javascript' }).end(body)
      }
    } catch {
      response.writeHead(404).end()
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, close: () => void server.close() }
}
