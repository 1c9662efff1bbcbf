// `paracosm coworld upload-policy`: an image of the container engine, or source as a folder or archive.
import { spawn } from 'node:child_process'
import { statSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import type { Command } from 'commander'
import { AppError } from '../../kernel/errors.ts'
import { parseSecret } from '../../league/selection.ts'
import { PolicyUpload, UploadedSource } from '../../protocol/hosted-uploads.ts'
import type { HostedClient } from '../hosted-client.ts'
import type { Io } from '../io.ts'
import { collect } from '../options.ts'
import { type Add, type Flags, printWire } from './commands.ts'
import { engineOf, uploadImage } from './upload-image.ts'

/** Bytes of an archive that is made of a folder: what our server takes. */
const MAX_ARCHIVE = 16 * 1024 * 1024
/** What no policy needs of its folder. */
const LEFT_OUT = ['.git', 'node_modules', '__pycache__', '.venv']

export function addUploadPolicy(io: Io, add: Add): void {
  const about = {
    description: 'Upload a policy: an image, or its source as a folder or a tar archive.',
    example:
      ' my-player:latest --name my-player\n  paracosm coworld upload-policy ./painter --name painter --run python3 --run player.py',
  }
  const command: Command = add('upload-policy', about, (client, flags, path) =>
    upload(io, client, { ...flags, ...command.opts() }, path),
  )
    .argument('<policy>', 'an image of the container engine, a folder, or a .tar or .tar.gz file')
    .option('--image', 'take the name as an image, even where a file or folder has it')
    .requiredOption('-n, --name <name>', 'name of the policy')
    .option(
      '--run <word>',
      'one word of the command line that starts it (repeatable); default: by its files',
      collect,
      [],
    )
    .option('--secret-env <KEY=VALUE>', 'a variable that only the policy sees (repeatable)', collect, [])
    .option('--use-bedrock', 'add USE_BEDROCK=true')
}

interface UploadFlags extends Flags {
  readonly name?: string
  readonly run?: readonly string[]
  readonly secretEnv?: readonly string[]
  readonly useBedrock?: boolean
  readonly image?: boolean
}

async function upload(io: Io, client: HostedClient, flags: UploadFlags, what = ''): Promise<void> {
  const { name = '', run = [], secretEnv = [], useBedrock = false } = flags
  // Checked first, so that a mistyped secret uploads nothing. The last one of a name counts.
  const secrets = Object.fromEntries([
    ...(useBedrock ? [['USE_BEDROCK', 'true'] as const] : []),
    ...secretEnv.map(parseSecret),
  ])
  const isImage = flags.image === true || !isSource(what)
  const uploaded = isImage
    ? { container_image_id: (await uploadImage(io, { client, engine: await engineOf(io) }, what)).id }
    : { source_id: (await client.upload('/v2/policies/sources', UploadedSource, await archiveOf(what))).id }
  const made = await client.post(`/stats/policies/${isImage ? 'docker-img' : 'source'}/complete`, PolicyUpload, {
    name,
    ...uploaded,
    ...(run.length === 0 ? {} : { run: [...run] }),
    ...(Object.keys(secrets).length === 0 ? {} : { policy_secret_env: secrets }),
  })
  if (flags.json) return printWire(io, made)
  io.out(`Upload complete: ${made.name}:v${made.version}`)
}

/** Paths and archives are source, and so is a file or folder with the name; any other text is an image. */
function isSource(text: string): boolean {
  if (/^[./~]/.test(text) || /\.(?:tar|tar\.gz|tgz)$/.test(text)) return true
  return !/[:@]/.test(text) && statSync(text, { throwIfNoEntry: false }) !== undefined
}

/** @throws AppError FILE_UNREADABLE, FILE_TOO_LARGE */
async function archiveOf(path: string): Promise<Uint8Array<ArrayBuffer>> {
  const stats = statSync(path, { throwIfNoEntry: false })
  if (!stats) {
    throw new AppError('FILE_UNREADABLE', `there is no folder or archive ${path}`, {
      hint: 'Check the path. An image is named without ./ or / at its beginning.',
    })
  }
  const bytes = stats.isDirectory() ? await packFolder(path) : new Uint8Array(await readFile(path))
  if (bytes.length <= MAX_ARCHIVE) return bytes
  throw new AppError('FILE_TOO_LARGE', `the source has ${bytes.length} bytes, and at most ${MAX_ARCHIVE} are taken`, {
    hint: 'Leave models and data out of the folder.',
  })
}

/** The folder as `tar` packs it. */
function packFolder(path: string): Promise<Uint8Array<ArrayBuffer>> {
  return new Promise((resolve, reject) => {
    const args = [...LEFT_OUT.map((name) => `--exclude=${name}`), '-czf', '-', '-C', path, '.']
    const child = spawn('tar', args, { stdio: ['ignore', 'pipe', 'pipe'] })
    const parts: Buffer[] = []
    let size = 0
    let said = ''
    child.stdout.on('data', (part: Buffer) => {
      size += part.length
      // One part more than the limit is enough to say so.
      if (size <= 2 * MAX_ARCHIVE) parts.push(part)
      else child.kill()
    })
    child.stderr.on('data', (part: Buffer) => {
      said = (said + part.toString('utf8')).slice(0, 500)
    })
    child.once('error', (cause) =>
      reject(new AppError('FILE_UNREADABLE', `tar cannot be started: ${cause.message}`, { cause })),
    )
    child.once('close', (status) => {
      if (status === 0 || size > MAX_ARCHIVE) resolve(new Uint8Array(Buffer.concat(parts)))
      else reject(new AppError('FILE_UNREADABLE', `tar cannot pack ${path}: ${said.trim()}`))
    })
  })
}
