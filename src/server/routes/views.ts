// View modules of external worlds: the module's files, and a page for a sandboxed frame that may run them and load
// nothing else.
import { readFile, realpath } from 'node:fs/promises'
import { stripTypeScriptTypes } from 'node:module'
import { extname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { FastifyPluginCallback, FastifyReply } from 'fastify'
import type { WorldRegistry } from '../../host/world-registry.ts'
import { AppError } from '../../kernel/errors.ts'
import { loadRegistered } from '../worlds.ts'

interface Options {
  readonly worlds: WorldRegistry
}

const TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.ts': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.webp': 'image/webp',
}

const escapeHtml = (text: string): string => text.replace(/[&<>"]/g, (each) => `&#${each.charCodeAt(0)};`)

export const viewRoutes: FastifyPluginCallback<Options> = (app, { worlds }, done) => {
  app.get<{ Params: { world: string } }>(
    '/views/:world/frame.html',
    { schema: { hide: true } },
    async ({ params, host, protocol }, reply) => {
      const { title, folder, name } = await locate(worlds, params.world)
      const files = `/views/${encodeURIComponent(params.world)}/files/`
      const origin = `${protocol}://${host}`
      // `'self'` does not match in a frame without an origin, so our own URLs are listed.
      const policy = [
        'sandbox allow-scripts',
        "default-src 'none'",
        `script-src ${origin}${files} ${origin}/views/frame.js`,
        `style-src ${origin}${files} 'unsafe-inline'`,
        `img-src ${origin}${files} data: blob:`,
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'self'",
      ].join('; ')
      await realpath(join(folder, name))
      void reply.headers({ 'content-security-policy': policy, 'cache-control': 'no-cache' })
      return reply
        .type('text/html; charset=utf-8')
        .send(
          `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="color-scheme" content="light dark"><title>${escapeHtml(title)}</title>` +
            `<body data-module="${escapeHtml(files + name)}" style="margin:0;height:100vh">` +
            '<script src="/views/frame.js"></script></body></html>',
        )
    },
  )
  app.get<{ Params: { world: string; '*': string } }>(
    '/views/:world/files/*',
    { schema: { hide: true } },
    async ({ params }, reply) => sendFile(await locate(worlds, params.world), params['*'], reply),
  )
  done()
}

interface Located {
  readonly title: string
  /** Absolute, links resolved. */
  readonly folder: string
  /** The module's name in it. */
  readonly name: string
}

/** @throws AppError UNKNOWN_WORLD, NOT_FOUND for a world without a module of its own */
async function locate(worlds: WorldRegistry, id: string): Promise<Located> {
  const { view, title } = await loadRegistered(worlds, id)
  if (view?.module?.protocol !== 'file:') throw new AppError('NOT_FOUND', `${id} has no view of its own`)
  const path = await realpath(fileURLToPath(view.module))
  const folder = join(path, '..')
  return { title, folder, name: relative(folder, path) }
}

/** A file in or below the module's folder, after resolving links. */
async function sendFile({ folder }: Located, wanted: string, reply: FastifyReply): Promise<FastifyReply> {
  const path = await realpath(join(folder, wanted)).catch(() => undefined)
  const inside = path === undefined ? '..' : relative(folder, path)
  const type = TYPES[extname(inside)]
  if (path === undefined || inside.startsWith('..') || type === undefined) {
    throw new AppError('NOT_FOUND', 'The view has no such file.')
  }
  const bytes = await readFile(path)
  // The frame has an origin of its own: modules are read across origins. They contain nothing private.
  void reply.headers({ 'access-control-allow-origin': '*', 'cache-control': 'no-cache' })
  return reply.type(type).send(extname(path) === '.ts' ? stripTypeScriptTypes(bytes.toString('utf8')) : bytes)
}
