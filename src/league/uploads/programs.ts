// Makes uploaded policies playable for the duration of one match: source is unpacked into a new folder, secrets go into
// the environment of their own program, and everything is removed afterwards.
import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type BlobStore, readBlob } from '../../host/blobs.ts'
import { AppError } from '../../kernel/errors.ts'
import type { EvaluationPlayer } from '../../protocol/evaluation.ts'
import { isUploaded, type UploadedPolicy } from '../../protocol/league.ts'
import type { PolicyVersionRecord } from '../../store/leagues/rows.ts'
import { IMAGE_ID } from './local-images.ts'
import { readSourceArchive } from './source-archive.ts'

/** The source of a policy's secrets. */
export interface SecretSource {
  open(versionId: string): Promise<Readonly<Record<string, string>>>
}

export interface ProgramOptions {
  readonly blobs: BlobStore
  readonly secrets: SecretSource
  /** Environment variables of every program. */
  readonly environment: Readonly<Record<string, string>>
  /** The command line of a container engine; undefined: images cannot play. */
  readonly engine: string | undefined
  /** Environment variables of the engine itself. Containers do not see them. */
  readonly engineEnvironment: Readonly<Record<string, string>>
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

/** Limits of a program: no core files, files of 1 GiB, 20 minutes of processor time. */
const LIMITS = 'ulimit -c 0 -f 1048576 -t 1200 2>/dev/null'
/** Shorter values are not replaced in texts: `1` would match everywhere. */
const SHORTEST_SECRET = 4

const OFF = 'this server runs no uploaded programs'

/**
 * @param programs undefined: the operator has not allowed uploaded programs
 * @throws AppError RUN_FAILED when a program may not be run here; the codes of `readSourceArchive`
 */
export async function preparePlayers(
  versions: readonly PolicyVersionRecord[],
  programs: ProgramOptions | undefined,
): Promise<PreparedPlayers> {
  const folders: string[] = []
  const containers: string[] = []
  const hidden = new Set<string>()
  const remove = async (): Promise<void> => {
    if (programs) await removeContainers(programs, containers)
    await Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true })))
  }
  try {
    const players: EvaluationPlayer[] = []
    const environments: Readonly<Record<string, string>>[] = []
    for (const { id, player } of versions) {
      if (!isUploaded(player)) {
        players.push(player)
        environments.push({})
        continue
      }
      if (!programs) {
        throw new AppError('RUN_FAILED', OFF, { hint: 'Start it with: paracosm serve --run-uploads' })
      }
      const secrets = await programs.secrets.open(id)
      for (const value of Object.values(secrets)) if (value.length >= SHORTEST_SECRET) hidden.add(value)
      const folder = await mkdtemp(join(tmpdir(), 'paracosm-policy-'))
      folders.push(folder)
      await chmod(folder, 0o700)
      players.push({
        kind: 'command',
        name: player.name,
        command: await commandOf(player, { folder, secrets, programs, containers }),
      })
      environments.push(
        player.kind === 'source'
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
}

/** Limits of a container: 2 GiB of memory, 2 processors, 512 processes, and no rights. */
const CONTAINER_LIMITS =
  '--memory 2g --memory-swap 2g --cpus 2 --pids-limit 512 --cap-drop ALL --security-opt no-new-privileges'
/** Milliseconds for the removal of containers. */
const REMOVE_MS = 60_000

async function commandOf(player: UploadedPolicy, { folder, secrets, programs, containers }: Place): Promise<string> {
  if (player.kind === 'source') {
    await readSourceArchive(readBlob(programs.blobs, player.blob), folder)
    return `${LIMITS}; cd ${quote(folder)} && exec ${player.run.map(quote).join(' ')}`
  }
  const { engine } = programs
  if (engine === undefined) throw new AppError('ENGINE_MISSING', 'no container engine is configured')
  const image = await imageOf(player.image, programs)
  // In a file, because a player must not set a variable of the engine itself, such as DOCKER_HOST, and because every
  // user of the machine can read command lines.
  const list = join(folder, 'secrets.env')
  const [broken] = Object.entries(secrets).find(([, value]) => /[\r\n]/.test(value)) ?? []
  if (broken !== undefined)
    throw new AppError('RUN_FAILED', `the secret ${broken} has a line break, which no image can get`)
  await writeFile(
    list,
    Object.entries(secrets)
      .map(([name, value]) => `${name}=${value}\n`)
      .join(''),
    { mode: 0o600 },
  )
  const [entry, ...args] = player.run
  const words = [...(entry === undefined ? [] : ['--entrypoint', quote(entry)]), quote(image), ...args.map(quote)]
  // The game listens on this machine's loopback interface, so the container shares its network.
  const variables = '-e COGAMES_ENGINE_WS_URL -e COWORLD_PLAYER_WS_URL'
  const name = `paracosm-policy-${randomUUID()}`
  containers.push(name)
  const options = `--name ${name} --network host ${CONTAINER_LIMITS}`
  return `exec ${engine} run --rm ${options} ${variables} --env-file ${quote(list)} ${words.join(' ')}`
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

const quote = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`

function redactor(hidden: ReadonlySet<string>): (text: string) => string {
  // Longest first, because one secret may be part of another.
  const values = [...hidden].sort((a, b) => b.length - a.length)
  return (text) => values.reduce((left, value) => left.replaceAll(value, '[secret]'), text)
}
