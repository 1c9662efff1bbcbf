// Episode bundles: one zip of what an episode has left, with a manifest.json that says what is in it. Graders, diagnosers
// and reporters read bundles.

import { join } from 'node:path'
import { AppError } from '../kernel/errors.ts'
import { openPlain } from '../lib/plain-file.ts'
import { type ZipPart, zipParts } from '../lib/zip-parts.ts'
import { BUNDLE_TOKENS, type BundleManifest, type BundleToken } from '../protocol/bundle.ts'
import { findReplayFile, playerLog, type Workspace } from './workspace.ts'

/** Bytes of one file in a bundle: artefacts of players have at most 200 MB, and logs are cut. */
const MAX_FILE = 256 * 1024 * 1024
/** Slots of an episode whose logs and artefacts are looked for. */
const MAX_SLOTS = 256

/** Bytes in memory, or opened when it is their turn. */
export type BundleContent = Uint8Array | (() => AsyncIterable<Uint8Array>)

/** What a bundle is made of; absent contents are left out of it. */
export interface BundleParts {
  readonly id: string
  readonly status: 'success' | 'failed'
  readonly results?: BundleContent | undefined
  readonly replay?: BundleContent | undefined
  readonly errorInfo?: BundleContent | undefined
  readonly gameLog?: BundleContent | undefined
  readonly playerLogs?: ReadonlyMap<number, BundleContent>
  readonly playerArtefacts?: ReadonlyMap<number, BundleContent>
}

/** The zip of a bundle, as `bundleStream`, in memory. */
export async function writeBundle(parts: BundleParts, include?: readonly BundleToken[]): Promise<Buffer> {
  const packed: Uint8Array[] = []
  for await (const part of bundleStream(parts, include)) packed.push(part)
  return Buffer.concat(packed)
}

/**
 * The zip of a bundle, as it comes.
 * @param include what is wanted; undefined: everything
 */
export function bundleStream(parts: BundleParts, include?: readonly BundleToken[]): AsyncGenerator<Uint8Array> {
  const entries: ZipPart[] = []
  const files: Record<string, string | Record<string, string>> = {}
  const wants = (token: BundleToken): boolean => include === undefined || include.includes(token)
  const one = (token: BundleToken, name: string, content: BundleContent | undefined): void => {
    if (content === undefined || !wants(token)) return
    entries.push(entryOf(name, content))
    files[token] = name
  }
  const each = (
    token: BundleToken,
    nameOf: (slot: number) => string,
    all: ReadonlyMap<number, BundleContent>,
  ): void => {
    if (all.size === 0 || !wants(token)) return
    for (const [slot, content] of all) entries.push(entryOf(nameOf(slot), content))
    files[token] = Object.fromEntries([...all.keys()].map((slot) => [String(slot), nameOf(slot)]))
  }
  one('results', 'results.json', parts.results)
  one('replay', 'replay.json', parts.replay)
  one('error_info', 'error_info.json', parts.errorInfo)
  one('game_logs', 'logs/game.log', parts.gameLog)
  each('player_logs', (slot) => `logs/policy_agent_${slot}.log`, parts.playerLogs ?? new Map())
  each('player_artifacts', (slot) => `artifacts/policy_artifact_${slot}.zip`, parts.playerArtefacts ?? new Map())
  const manifest: BundleManifest = {
    ereq_id: parts.id,
    status: parts.status,
    include: BUNDLE_TOKENS.filter((token) => token in files),
    files,
  }
  const first = entryOf('manifest.json', Buffer.from(`${JSON.stringify(manifest, undefined, 2)}\n`))
  return zipParts([first, ...entries])
}

function entryOf(name: string, content: BundleContent): ZipPart {
  const open = content instanceof Uint8Array ? () => once(content) : content
  return { name, content: open, isPacked: name.endsWith('.zip') }
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}

/**
 * The parts of a local episode.
 * @throws AppError FILE_UNREADABLE for a folder that has neither results nor an error; FILE_TOO_LARGE
 */
export async function readWorkspace(workspace: Workspace): Promise<BundleParts> {
  const results = await readIf(workspace.results)
  const errorInfo = (await readIf(join(workspace.folder, 'error_info.json'))) ?? (await readIf(workspace.playerFailure))
  if (!results && !errorInfo) {
    throw new AppError('FILE_UNREADABLE', `${workspace.folder} is no workspace of an episode: it has no results.json`, {
      hint: 'Give the folder that run-episode printed as Artifacts.',
    })
  }
  const replay = findReplayFile(workspace)
  const logs = await Promise.all([workspace.gameStdout, workspace.gameStderr].map(readIf))
  const playerLogs = new Map<number, Uint8Array>()
  const playerArtefacts = new Map<number, Uint8Array>()
  for (let slot = 0; slot < MAX_SLOTS; slot++) {
    const log = await readIf(playerLog(workspace, slot))
    if (log) playerLogs.set(slot, log)
    const artefact = await readIf(join(workspace.artefacts, String(slot), `policy_artifact_${slot}.zip`))
    if (artefact) playerArtefacts.set(slot, artefact)
  }
  return {
    id: `ereq_${workspace.folder.split('/').at(-1) ?? 'local'}`,
    status: results ? 'success' : 'failed',
    results,
    errorInfo,
    replay: replay === undefined ? undefined : await readIf(replay),
    gameLog: Buffer.concat(logs.filter((log) => log !== undefined)),
    playerLogs,
    playerArtefacts,
  }
}

/** The bytes of a file; undefined if there is none. */
async function readIf(path: string): Promise<Buffer | undefined> {
  await using file = await openPlain(path)
  if (!file) return undefined
  const { size } = await file.stat()
  if (size > MAX_FILE) throw new AppError('FILE_TOO_LARGE', `${path} has more than ${MAX_FILE} bytes`)
  return file.readFile()
}

/** Whether a file begins like a zip. */
export async function isZip(path: string): Promise<boolean> {
  await using file = await openPlain(path)
  if (!file) return false
  const { buffer, bytesRead } = await file.read(Buffer.alloc(4), 0, 4, 0)
  return bytesRead === 4 && buffer.readUInt32LE(0) === 0x0403_4b50
}
