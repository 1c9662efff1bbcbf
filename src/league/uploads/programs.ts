// Makes uploaded policies playable for the duration of one match: source is unpacked into a new folder, secrets go into
// the environment of their own program, and everything is removed afterwards.
import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { chmod, chown, lchown, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type BlobStore, readBlob } from '../../host/blobs.ts'
import { AppError } from '../../kernel/errors.ts'
import type { EvaluationPlayer } from '../../protocol/evaluation.ts'
import { isUploaded, type UploadedPolicy } from '../../protocol/league.ts'
import { writeEnvironmentFile } from '../../runner/environment-file.ts'
import { createRunId } from '../../runner/runtime.ts'
import type { PolicyVersionRecord } from '../../store/leagues/rows.ts'
import type { Leash, StartLeash } from '../hosted/leash.ts'
import { containerCommand, type Isolation, NOBODY, quote, sourceCommand } from './isolation.ts'
import { IMAGE_ID } from './local-images.ts'
import { readSourceArchive } from './source-archive.ts'

/** The source of a policy's secrets. */
export interface SecretSource {
  open(versionId: string): Promise<Readonly<Record<string, string>>>
}

export interface ProgramOptions extends Isolation {
  readonly blobs: BlobStore
  readonly secrets: SecretSource
  /** Environment variables of every program. */
  readonly environment: Readonly<Record<string, string>>
  /** Environment variables of the engine itself. Containers do not see them. */
  readonly engineEnvironment: Readonly<Record<string, string>>
  /** Ends the containers of a match when this process dies; undefined: they end when their game is gone. */
  readonly leash?: StartLeash | undefined
  /** Gives uploaded images to the engine; undefined: only images that it has by name can play. */
  readonly images?: { ensure(id: string): Promise<string> } | undefined
}

/** The players of one match, in slot order. */
export interface PreparedPlayers extends AsyncDisposable {
  readonly players: readonly EvaluationPlayer[]
  readonly environments: readonly Readonly<Record<string, string>>[]
  /** Replaces secret values in a text that leaves the machine. */
  redact(text: string): string
}

/** Shorter values are not replaced in texts: `1` would match everywhere. */
const SHORTEST_SECRET = 4

const OFF = 'this server runs no uploaded programs'

/**
 * @param programs undefined: the operator has not allowed uploaded programs
 * @param variablesOf what the runner tells the program of a slot, beside the address of its socket
 * @throws AppError RUN_FAILED when a program may not be run here; the codes of `readSourceArchive`
 */
export async function preparePlayers(
  versions: readonly PolicyVersionRecord[],
  programs: ProgramOptions | undefined,
  variablesOf: (slot: number) => Readonly<Record<string, string>> = () => ({}),
): Promise<PreparedPlayers> {
  const folders: string[] = []
  const containers: string[] = []
  const runId = createRunId()
  let held: Leash | undefined
  const hidden = new Set<string>()
  const remove = async (): Promise<void> => {
    if (programs) await removeContainers(programs, containers)
    await Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true })))
    held?.release()
  }
  try {
    const players: EvaluationPlayer[] = []
    const environments: Readonly<Record<string, string>>[] = []
    for (const [slot, { id, player }] of versions.entries()) {
      if (!isUploaded(player)) {
        players.push(player)
        environments.push({})
        continue
      }
      if (!programs) {
        throw new AppError('RUN_FAILED', OFF, { hint: 'Start it with: paracosm serve --run-uploads' })
      }
      const own = await programs.secrets.open(id)
      for (const value of Object.values(own)) if (value.length >= SHORTEST_SECRET) hidden.add(value)
      // Variables of the runner win over equal names, and travel the same way.
      const secrets = { ...own, ...variablesOf(slot) }
      const folder = await mkdtemp(join(tmpdir(), 'paracosm-policy-'))
      folders.push(folder)
      await chmod(folder, 0o700)
      players.push({
        kind: 'command',
        name: player.name,
        command: await commandOf(player, { folder, secrets, programs, containers, runId }),
      })
      if (containers.length > 0) held ??= programs.leash?.({ runId, folder })
      environments.push(
        player.kind === 'source' && programs.sourceImage === undefined
          ? { ...programs.environment, HOME: folder, TMPDIR: folder, ...secrets }
          : programs.engineEnvironment,
      )
    }
    return { players, environments, redact: redactor(hidden), [Symbol.asyncDispose]: remove }
  } catch (error) {
    await remove()
    throw error
  }
}

interface Place {
  readonly folder: string
  readonly secrets: Readonly<Record<string, string>>
  readonly programs: ProgramOptions
  /** Receives the names of containers. */
  readonly containers: string[]
  /** 16 hex digits, in a label of every container. */
  readonly runId: string
}

/** Milliseconds for the removal of containers. */
const REMOVE_MS = 60_000

async function commandOf(player: UploadedPolicy, place: Place): Promise<string> {
  const { folder, secrets, programs } = place
  if (player.kind === 'source') {
    const source = join(folder, 'source')
    await mkdir(source)
    await readSourceArchive(readBlob(programs.blobs, player.blob), source)
    if (programs.sourceImage !== undefined) {
      await chmod(folder, 0o711)
      const list = await listSecrets(folder, secrets)
      return sourceCommand(player.run, programs, { folder: source, list, name: nameContainer(place) })
    }
    if (programs.dropsRights) await giveAway(folder)
    return sourceCommand(player.run, programs, { folder: source, list: '', name: '' })
  }
  const { engine } = programs
  if (engine === undefined) throw new AppError('ENGINE_MISSING', 'no container engine is configured')
  const image = await imageOf(player.image, programs)
  const list = await listSecrets(folder, secrets)
  const [entry, ...args] = player.run
  return containerCommand(engine, [
    nameContainer(place),
    `--env-file ${quote(list)}`,
    ...(entry === undefined ? [] : ['--entrypoint', quote(entry)]),
    quote(image),
    ...args.map(quote),
  ])
}

function nameContainer({ containers, runId }: Place): string {
  const name = `paracosm-policy-${randomUUID()}`
  containers.push(name)
  return `--name ${name} --label paracosm.run=${runId}`
}

async function imageOf(image: string, { images }: ProgramOptions): Promise<string> {
  if (!image.startsWith(IMAGE_ID)) return image
  if (images) return images.ensure(image)
  throw new AppError('ENGINE_MISSING', 'no container engine is configured')
}

/** Ends containers that outlive their match: killing the engine's client does not end what it started. */
async function removeContainers(
  { engine, engineEnvironment }: ProgramOptions,
  names: readonly string[],
): Promise<void> {
  if (engine === undefined || names.length === 0) return
  const line = `${engine} rm --force ${names.join(' ')}`
  await new Promise<void>((resolve) => {
    // Most of them are gone already, which engines report as a failure.
    execFile('/bin/sh', ['-c', line], { env: { ...engineEnvironment }, timeout: REMOVE_MS }, () => resolve())
  })
}

/** The secrets in a file for the engine. @throws AppError RUN_FAILED */
async function listSecrets(folder: string, secrets: Readonly<Record<string, string>>): Promise<string> {
  const list = join(folder, 'secrets.env')
  await writeEnvironmentFile(list, secrets)
  return list
}

/** Makes `nobody` the owner of a folder and of everything in it. */
async function giveAway(folder: string): Promise<void> {
  await chown(folder, NOBODY, NOBODY)
  for (const name of await readdir(folder, { recursive: true })) await lchown(join(folder, name), NOBODY, NOBODY)
}

/** Replaces values in a text. */
export function redactor(hidden: ReadonlySet<string>): (text: string) => string {
  // Longest first, because one secret may be part of another.
  const values = [...hidden].sort((a, b) => b.length - a.length)
  return (text) => values.reduce((left, value) => left.replaceAll(value, '[secret]'), text)
}
