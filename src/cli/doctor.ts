// `paracosm doctor`: checks the environment, and shows the effect of everything that is missing.
import { constants, existsSync } from 'node:fs'
import { access } from 'node:fs/promises'
import { connect } from 'node:net'
import { Command } from 'commander'
import { inheritedEnvironment } from '../config.ts'
import { AppError } from '../kernel/errors.ts'
import { makeFolder } from '../lib/folders.ts'
import { probeEndpoint } from '../models/probe.ts'
import { findEngine } from '../runner/container-engine.ts'
import { EXIT, type Io, printJson } from './io.ts'

type Finding = 'ok' | 'missing' | 'broken'

interface Check {
  readonly id: string
  readonly finding: Finding
  readonly what: string
  /** The effect of its absence, and how to install it. */
  readonly cost: string
  /** Whether paracosm works at all without it. */
  readonly isNeeded: boolean
}

/** Milliseconds to wait for another server. */
const PATIENCE_MS = 3000
const BROWSERS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

export function createCommand(io: Io): Command {
  return new Command('doctor')
    .description('Check your environment: Node, data folder, container engine, browser, database, model endpoint.')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExit status 1 if something required is missing.\n\nExample:\n  paracosm doctor')
    .action((options: { json?: boolean }) => examine(io, options))
}

async function examine(io: Io, options: { json?: boolean }): Promise<void> {
  const checks = await Promise.all([
    checkNode(),
    checkData(io),
    checkEngine(io),
    checkBrowser(io),
    checkDatabase(io),
    checkModel(io),
  ])
  const ok = checks.every((check) => check.finding === 'ok' || !check.isNeeded)
  if (!ok) io.exit(EXIT.failed)
  if (options.json) {
    printJson(io, { ok, checks })
    return
  }
  for (const { finding, id, what, cost } of checks) {
    io.out(`${finding.padEnd(7)}  ${id.padEnd(9)}  ${what}`)
    if (finding !== 'ok') io.out(`${' '.repeat(20)}${cost}`)
  }
}

async function checkNode(): Promise<Check> {
  const { node } = process.versions
  const isRecent = Number(node.split('.')[0]) >= 24
  const cost = 'Paracosm needs Node 24: run "npm ci" in the checkout, or install it.'
  return {
    id: 'node',
    finding: isRecent ? 'ok' : 'broken',
    what: `Node ${node} at ${process.execPath}`,
    cost,
    isNeeded: true,
  }
}

async function checkData(io: Io): Promise<Check> {
  const folder = io.config.PARACOSM_DATA
  const cost = 'The server cannot keep episodes: set PARACOSM_DATA to a folder that you may write to.'
  try {
    if (!existsSync(folder)) await makeFolder(folder)
    await access(folder, constants.W_OK)
    return { id: 'data', finding: 'ok', what: `data folder ${folder} can be written`, cost, isNeeded: true }
  } catch (error) {
    return { id: 'data', finding: 'broken', what: `data folder ${folder}: ${String(error)}`, cost, isNeeded: true }
  }
}

async function checkEngine(io: Io): Promise<Check> {
  const cost =
    'Packages run as processes only (--runtime process): install Docker or Podman, or set PARACOSM_CONTAINER_ENGINE.'
  const base = { id: 'engine', cost, isNeeded: false }
  try {
    const command = io.config.PARACOSM_CONTAINER_ENGINE
    const engine = await findEngine({
      environment: inheritedEnvironment(),
      ...(command === undefined ? {} : { command }),
    })
    return { ...base, finding: 'ok', what: `container engine: ${engine.argv.join(' ')}` }
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    return { ...base, finding: 'missing', what: `container engine: ${error.message}` }
  }
}

async function checkBrowser(io: Io): Promise<Check> {
  const path = [io.config.PARACOSM_BROWSER, ...BROWSERS].find((each) => each !== undefined && existsSync(each))
  const cost = 'The browser tests are skipped. Pages work in any browser. Install chromium, or set PARACOSM_BROWSER.'
  return {
    id: 'browser',
    finding: path ? 'ok' : 'missing',
    what: path ? `browser: ${path}` : 'browser: no Chromium found',
    cost,
    isNeeded: false,
  }
}

async function checkDatabase(io: Io): Promise<Check> {
  const { DATABASE_URL: url } = io.config
  const cost =
    'Data is stored in SQLite in the data folder, which is enough for one machine. Set DATABASE_URL to use PostgreSQL.'
  const base = { id: 'database', cost, isNeeded: false }
  if (url === undefined) return { ...base, finding: 'missing', what: 'database: DATABASE_URL is not set' }
  const parsed = URL.canParse(url) ? new URL(url) : undefined
  // Only the host: the rest of the URL may contain a password.
  const address = `${parsed?.hostname ?? '?'}:${parsed?.port || '5432'}`
  const isThere = parsed !== undefined && (await answers(parsed.hostname, Number(parsed.port || 5432)))
  return {
    ...base,
    finding: isThere ? 'ok' : 'broken',
    what: `database at ${address}${isThere ? '' : ' does not answer'}`,
  }
}

function answers(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: PATIENCE_MS })
    const settle = (isThere: boolean): void => {
      socket.destroy()
      resolve(isThere)
    }
    socket.on('connect', () => settle(true))
    socket.on('timeout', () => settle(false))
    socket.on('error', () => settle(false))
  })
}

async function checkModel(io: Io): Promise<Check> {
  const { OPENAI_BASE_URL: url, OPENAI_API_KEY: key } = io.config
  const cost =
    'Language models cannot play; bots, programs and people can. Set OPENAI_BASE_URL (and OPENAI_API_KEY) to any OpenAI-compatible endpoint.'
  const base = { id: 'model', cost, isNeeded: false }
  if (url === undefined) return { ...base, finding: 'missing', what: 'model endpoint: OPENAI_BASE_URL is not set' }
  const { ok, message } = await probeEndpoint({ baseUrl: url, apiKey: key }, [])
  return { ...base, finding: ok ? 'ok' : 'broken', what: message }
}
