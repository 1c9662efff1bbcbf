// The browser pages of a game and their scripts. In a checkout the scripts are TypeScript, stripped of its types as
// they are served; in the package they are compiled already. Views of worlds come from the build of the application.
import { existsSync, readFileSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import type { JsonObject } from '../../protocol/json.ts'

const FOLDER = new URL('./pages/', import.meta.url)
/** Views and tokens, built: beside the server in the package, in `web` in a checkout. */
const VIEWS = existsSync(new URL('../../../src', import.meta.url))
  ? new URL('../../../web/dist/contract/', import.meta.url)
  : new URL('../../web/contract/', import.meta.url)

const TYPES: Readonly<Record<string, string>> = {
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml',
}

export const PAGES = ['player', 'global', 'replay', 'admin'] as const
export type PageName = (typeof PAGES)[number]

export interface Asset {
  readonly type: string
  readonly body: string
}

/** A file beside the pages, or in another folder; undefined when there is none. */
export function readFile(name: string, folder = FOLDER): string | undefined {
  try {
    return readFileSync(new URL(name, folder), 'utf8')
  } catch {
    return undefined
  }
}

const escapeHtml = (text: string): string =>
  text.replace(/[&<>"]/g, (each) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[each] ?? each)

/**
 * A page of one world. The page contains no secrets: it reads its own URL.
 * @param commands JSON Schema of the world's commands, for the page of a player
 */
export function readPage(page: PageName, world: { id: string; title: string }, commands: JsonObject = {}): Asset {
  const html = readFile(`${page}.html`) ?? ''
  const values = { world: world.id, title: world.title, commands: JSON.stringify(commands) }
  const body = html.replaceAll(/\{\{(world|title|commands)\}\}/g, (_, name: keyof typeof values) =>
    escapeHtml(values[name]),
  )
  return { type: 'text/html; charset=utf-8', body }
}

/** A script or style sheet by its file name, such as `global.js`; undefined when there is none. */
export function readAsset(name: string): Asset | undefined {
  const match = /^([a-z0-9-]+)\.(js|ts|css|svg)$/.exec(name)
  if (!match) return undefined
  const [, stem = '', kind = ''] = match
  if (stem.startsWith('world-') || stem === 'tokens') return readBuilt(name, kind)
  if (kind === 'js' || kind === 'ts') {
    const type = TYPES.js ?? ''
    const compiled = readFile(`${stem}.js`)
    if (compiled !== undefined) return { type, body: compiled }
    const source = readFile(`${stem}.ts`)
    return source === undefined ? undefined : { type, body: stripTypeScriptTypes(source) }
  }
  const body = readFile(name)
  return body === undefined ? undefined : { type: TYPES[kind] ?? 'text/plain', body }
}

/** A view or its style sheet, from the build of the application. Without the build the pages show numbers alone. */
function readBuilt(name: string, kind: string): Asset | undefined {
  const type = TYPES[kind]
  const body = readFile(name, VIEWS)
  if (type === undefined) return undefined
  if (body !== undefined) return { type, body }
  return kind === 'css' ? { type, body: '' } : undefined
}

/** The page of a path, in the form of either generation: `/clients/global` or `/client/global`. */
export function pageOf(path: string): PageName | undefined {
  const name = /^\/clients?\/([a-z]+)$/.exec(path)?.[1]
  return PAGES.find((page) => page === name)
}

/** Scripts and styles of the pages: `/clients/assets/<name>`. */
export function assetOf(path: string): Asset | undefined {
  const name = /^\/clients?\/assets\/([^/]+)$/.exec(path)?.[1]
  return name === undefined ? undefined : readAsset(name)
}
