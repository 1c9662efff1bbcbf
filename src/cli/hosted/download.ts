// `paracosm coworld download`: pulls the images of an uploaded package, tags them for this machine, and writes a manifest
// that names them (contract section 12.3).
import { lstat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Command } from 'commander'
import { AppError } from '../../kernel/errors.ts'
import { writeFileWhole } from '../../lib/files.ts'
import { makeFolder } from '../../lib/folders.ts'
import { HostedCoworld } from '../../protocol/hosted-images.ts'
import { type Engine, pullArguments } from '../../runner/container-engine.ts'
import { findCanonical, findInPages, localTags, replaceImages } from '../../runner/package-images.ts'
import type { HostedClient } from '../hosted-client.ts'
import type { Io } from '../io.ts'
import { type Add, printWire } from './commands.ts'
import { notFound, readPackages } from './package-list.ts'
import { engineOf, engineRun } from './upload-image.ts'

/** Milliseconds for the answer. */
const READ_MS = 120_000
const MANIFEST = 'coworld_manifest.json'
const IMAGES = 'coworld_images.json'

interface DownloadFlags {
  readonly outputDir: string
  readonly force?: boolean
}

export function addDownload(io: Io, add: Add): void {
  const command: Command = add(
    'download',
    {
      description: 'Download a package: its manifest, and its images into the container engine.',
      example: ' cow_1 -o ./game',
    },
    async (client, { json }, reference = '') => {
      const done = await download(io, { client, ...command.opts<DownloadFlags>() }, reference)
      if (json) return printWire(io, done)
      io.out(`Downloaded Coworld: ${done.name}:${done.version}`)
      io.out(`Manifest: ${done.manifest}`)
      io.out(`Images: ${done.images}`)
    },
  )
    .argument('<ref>', 'cow_… id, or a name for its canonical version')
    .option('-o, --output-dir <folder>', 'where the two files go', './coworld-download')
    .option('--force', 'replace the files of an earlier download')
}

interface Download extends DownloadFlags {
  readonly client: HostedClient
}

/** @throws AppError FILE_EXISTS before anything is pulled; ENGINE_MISSING, DOWNLOAD_FAILED, FILE_UNWRITABLE */
async function download(io: Io, { client, outputDir, force = false }: Download, reference: string) {
  const paths = { manifest: join(outputDir, MANIFEST), images: join(outputDir, IMAGES) }
  if (!force) for (const path of Object.values(paths)) await refuseExisting(path)
  const id = reference.startsWith('cow_') ? reference : await canonicalId(client, reference)
  const coworld = await client.get(
    `/v2/coworlds/${encodeURIComponent(id)}`,
    HostedCoworld,
    {},
    {
      timeoutMs: READ_MS,
      isAnonymous: true,
    },
  )
  const engine = await engineOf(io)
  const tags = localTags(coworld)
  for (const [image, tag] of tags) await fetchImage(io, engine, { image, tag })
  const manifest = replaceImages(coworld.manifest, (image) => tags.get(image) ?? image)
  const images = {
    coworld_id: coworld.id,
    name: coworld.name,
    version: coworld.version,
    images: [...tags].map(([public_image_uri, local_image]) => ({ public_image_uri, local_image })),
  }
  await makeFolder(outputDir)
  // The manifest comes last: where it is, the download is whole.
  for (const [path, document] of [
    [paths.images, images],
    [paths.manifest, manifest],
  ] as const) {
    await writeFileWhole(path, `${JSON.stringify(document, undefined, 2)}\n`, { replace: force })
  }
  return { coworld_id: coworld.id, name: coworld.name, version: coworld.version, ...paths }
}

async function refuseExisting(path: string): Promise<void> {
  const found = await lstat(path).catch(() => undefined)
  if (found) {
    throw new AppError('FILE_EXISTS', `${path} exists`, {
      hint: 'Choose another folder with --output-dir, or replace the files with --force.',
    })
  }
}

async function canonicalId(client: HostedClient, name: string): Promise<string> {
  const found = await findInPages(
    (offset) => readPackages(client, offset),
    (page) => findCanonical(page, name),
  )
  if (found) return found.id
  throw notFound(`Coworld not found: ${name} has no canonical version on this server`)
}

async function fetchImage(
  io: Io,
  engine: Engine,
  { image, tag }: { readonly image: string; readonly tag: string },
): Promise<void> {
  if (image === '' || image.startsWith('-')) {
    throw new AppError('DOWNLOAD_FAILED', `${JSON.stringify(image)} is not an image reference`)
  }
  io.err(`Pulling ${image}`)
  const pulled = await engineRun(engine, pullArguments(engine, image), io.signal)
  if (!pulled.ok) {
    throw new AppError('DOWNLOAD_FAILED', `${image} cannot be pulled: ${pulled.said.trim().slice(-500)}`, {
      hint: 'Check that the registry can be reached from this machine, and that you may read from it.',
    })
  }
  const tagged = await engineRun(engine, ['tag', image, tag], io.signal)
  if (!tagged.ok) throw new AppError('DOWNLOAD_FAILED', `${image} cannot be tagged: ${tagged.said.trim().slice(-500)}`)
}
