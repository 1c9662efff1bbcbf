// Commands about uploaded packages and images: upload-coworld, list, show and images (contract section 11.2).
import type { Command } from 'commander'
import { z } from 'zod'
import { AppError } from '../../kernel/errors.ts'
import { manifestToUploadForm } from '../../protocol/coworld-forms.ts'
import { HostedCoworld, HostedImage } from '../../protocol/hosted-images.ts'
import { certify } from '../../runner/certify.ts'
import { createContainerRuntime } from '../../runner/container-runtime.ts'
import { loadManifest } from '../../runner/manifest.ts'
import { findInPages, packageImages, replaceImages } from '../../runner/package-images.ts'
import { formatCheck } from '../coworld-report.ts'
import type { HostedClient } from '../hosted-client.ts'
import type { Io } from '../io.ts'
import { parseCount, parseStep, within } from '../options.ts'
import { printTable } from '../table.ts'
import { type Action, type Add, cell, lines, printWire, yes } from './commands.ts'
import { addDownload } from './download.ts'
import { LIST_MS, notFound, readPackages } from './package-list.ts'
import { addRemoval } from './removal.ts'
import { engineOf, uploadImage } from './upload-image.ts'

export function addPackages(io: Io, add: Add): void {
  const uploading: Command = add(
    'upload-coworld',
    {
      description: 'Certify a package, and upload its images and its manifest.',
      example: ' coworld_manifest.json --server http://127.0.0.1:8080',
    },
    (client, { json }, path) => upload(io, { client, json, ...uploading.opts<{ timeoutSeconds: number }>() }, path),
  )
    .argument('<manifest>', 'path of the manifest')
    .option('--timeout-seconds <n>', 'time limit of each wait of the certification', parseCount, 60)
  const paged = (command: Command): Command =>
    command
      .option('--limit <n>', 'how many, 1 to 500', within(1, 500), 200)
      .option('--offset <n>', 'from which on', parseStep, 0)
  paged(add('list', { description: 'List uploaded packages.', example: ' --limit 20' }, list(io)))
  add('show', { description: 'Show an uploaded package.', example: ' cow_1' }, show(io)).argument('<id>', 'cow_…')
  paged(
    add('images', { description: 'List your uploaded images, or show one.', example: ' img_1' }, images(io)),
  ).argument('[id]', 'img_…')
  addDownload(io, add)
  addRemoval(io, add)
}

const list =
  (io: Io): Action =>
  async (client, { json, limit, offset = 0 }) => {
    const found = await readPackages(client, offset, limit)
    if (json) return printWire(io, found)
    if (found.length === 0) return io.out('No uploaded Coworlds found.')
    const rows = found.map((each) => [
      each.id,
      each.name,
      each.version,
      yes(each.canonical),
      `${each.size_bytes} B`,
      each.manifest_hash,
    ])
    printTable(io, ['ID', 'Name', 'Version', 'Canonical', 'Size', 'Manifest Hash'], rows)
  }

const show =
  (io: Io): Action =>
  async (client, { json }, id) => {
    const found = await findInPages(
      (offset) => readPackages(client, offset),
      (page) => page.find((each) => each.id === id),
    ).then((listed) => listed ?? readWorld(client, id))
    if (!found) throw notFound(`Coworld not found: ${id}`)
    if (json) return printWire(io, found)
    lines(io, [
      ['Coworld', found.id],
      ['Name', found.name],
      ['Version', found.version],
      ['Canonical', yes(found.canonical)],
      ['Manifest hash', found.manifest_hash],
      ['Size', `${found.size_bytes} bytes`],
    ])
  }

/** Worlds of a server are no uploads, so no list has them; undefined: there is no such world. */
async function readWorld(client: HostedClient, id = ''): Promise<HostedCoworld | undefined> {
  if (!id.startsWith('cow_')) return undefined
  return client.get(`/v2/coworlds/${encodeURIComponent(id)}`, HostedCoworld).catch((error: unknown) => {
    if (error instanceof AppError && error.code === 'SERVER_REFUSED') return undefined
    throw error
  })
}

const images =
  (io: Io): Action =>
  async (client, { json, limit, offset }, id) => {
    const at = { timeoutMs: LIST_MS }
    if (id !== undefined) {
      const found = await client.get(`/v2/container_images/${id}`, HostedImage, {}, at)
      return json ? printWire(io, found) : printImage(io, found)
    }
    const found = await client.get('/v2/container_images', z.array(HostedImage), { limit, offset }, at)
    if (json) return printWire(io, found)
    const rows = found.map((each) => [each.id, each.name, `v${each.version}`, each.status, cell(each.public_image_uri)])
    printTable(io, ['ID', 'Name', 'Version', 'Status', 'Public URI'], rows)
  }

function printImage(io: Io, image: HostedImage): void {
  const facts: readonly (readonly [string, string | null])[] = [
    ['Image', image.id],
    ['Name', image.name],
    ['Version', `v${image.version}`],
    ['Status', image.status],
    ['Client hash', image.client_hash],
    ['Image URI', image.image_uri],
    ['Image digest', image.image_digest],
    ['Public URI', image.public_image_uri],
  ]
  for (const [name, value] of facts) if (value !== null && value !== '') io.out(`${name}: ${value}`)
}

interface Uploading {
  readonly client: HostedClient
  readonly json: boolean | undefined
  readonly timeoutSeconds: number
}

async function upload(io: Io, { client, json, timeoutSeconds }: Uploading, path = ''): Promise<void> {
  const { manifest, generation, written } = await loadManifest(path)
  const engine = await engineOf(io)
  await certifyFirst(io, { path, engine, timeoutSeconds })
  const form = generation === 'later' ? written : manifestToUploadForm(manifest)
  const ids = new Map<string, string>()
  for (const reference of packageImages(form)) {
    const { id } = await uploadImage(io, { client, engine }, reference)
    ids.set(reference, id)
  }
  const made = await client.post('/v2/coworlds/upload', HostedCoworld, {
    manifest: replaceImages(form, (reference) => ids.get(reference) ?? reference),
  })
  if (json) return printWire(io, made)
  io.out(`Upload complete: ${made.name}:${made.version}`)
  lines(io, [
    ['Coworld', made.id],
    ['Manifest hash', made.manifest_hash],
    ['Size', `${made.size_bytes} bytes`],
    ['Canonical', yes(made.canonical)],
  ])
}

/** @throws AppError CERTIFICATION_FAILED */
async function certifyFirst(
  io: Io,
  {
    path,
    engine,
    timeoutSeconds,
  }: { path: string; engine: Awaited<ReturnType<typeof engineOf>>; timeoutSeconds: number },
): Promise<void> {
  const { certified, checks, workspace } = await certify({
    manifestPath: path,
    runtime: createContainerRuntime({ engine }),
    timeoutMs: timeoutSeconds * 1000,
    cwd: process.cwd(),
    signal: io.signal,
    onCheck: (check) => io.err(formatCheck(check)),
  })
  if (certified) return
  const failed = checks.find(({ outcome }) => outcome === 'failed')
  const where = workspace ? ` The logs are in ${workspace.logs}.` : ''
  throw new AppError('CERTIFICATION_FAILED', `${path} is not certified: ${failed?.id}: ${failed?.reason}`, {
    hint: `Nothing was uploaded. ${failed?.hint ?? 'Correct what fails, and upload again.'}${where}`,
  })
}
