// Uploads one image of this machine's container engine: saved, announced by its hash, and pushed unless the server has it.
import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inheritedEnvironment } from '../../config.ts'
import { AppError } from '../../kernel/errors.ts'
import { HostedImage, ImageUploadAnswer } from '../../protocol/hosted-images.ts'
import { type Engine, findEngine } from '../../runner/container-engine.ts'
import { ecrPassword } from '../../runner/ecr-password.ts'
import { readImageFile } from '../../runner/image-archive.ts'
import { imageName } from '../../runner/package-images.ts'
import { pushImage } from '../../runner/push-image.ts'
import type { HostedClient } from '../hosted-client.ts'
import type { Io } from '../io.ts'

/** Milliseconds for the answers of the two requests (contract section 10.4). */
const ANNOUNCE_MS = 60_000
const MB = 1_000_000
/** Bytes of an image whose push takes long enough to be followed. */
const LARGE = 50 * MB

/** The engine whose images are uploaded and downloaded. @throws AppError ENGINE_MISSING */
export function engineOf(io: Io): Promise<Engine> {
  const command = io.config.PARACOSM_CONTAINER_ENGINE
  return findEngine({ environment: inheritedEnvironment(), ...(command === undefined ? {} : { command }) })
}

/**
 * Uploads an image under the last part of its reference.
 * @throws AppError IMAGE_MISSING, UPLOAD_INVALID, SERVER_REFUSED, SERVER_UNREACHABLE, INTERRUPTED
 */
export async function uploadImage(
  io: Io,
  { client, engine }: { readonly client: HostedClient; readonly engine: Engine },
  reference: string,
): Promise<HostedImage> {
  if (reference === '' || reference.startsWith('-')) {
    throw new AppError('IMAGE_MISSING', `${JSON.stringify(reference)} is not an image reference`)
  }
  const folder = await mkdtemp(join(tmpdir(), 'paracosm-image-'))
  try {
    const path = join(folder, 'image.tar')
    io.progress(`saving ${reference}`)
    const status = await engineRun(engine, ['image', 'save', '-o', path, reference], io.signal)
    if (!status.ok) {
      throw new AppError('IMAGE_MISSING', `the image ${reference} cannot be saved: ${status.said.trim().slice(-500)}`)
    }
    const archive = await readImageFile(path)
    const body = { name: imageName(reference), client_hash: archive.clientHash }
    const at = { timeoutMs: ANNOUNCE_MS }
    const announced = await client.post('/v2/container_images/upload', ImageUploadAnswer, body, at)
    const { image, pre_signed_info: info } = announced
    if (info === null) {
      io.err(`${reference}: the server has it as ${image.id}`)
      return image
    }
    io.err(`${reference}: pushing ${image.name}:v${image.version} to ${info.registry}`)
    const password = await ecrPassword(info, inheritedEnvironment(), io.signal)
    await pushImage({ path, archive, info, password, signal: io.signal, onProgress: showProgress(io, reference) })
    return await client.post('/v2/container_images/upload/complete', HostedImage, { id: image.id })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** A status line on a terminal; elsewhere a line for each quarter of a large image. */
function showProgress(io: Io, reference: string): (sent: number, total: number) => void {
  let told = 0
  return (sent, total) => {
    const quarter = Math.floor((4 * sent) / total)
    if (!io.isTerminal && total > LARGE && quarter > told) {
      told = quarter
      io.err(`${reference}: ${25 * quarter} % of ${(total / MB).toFixed(1)} MB`)
    }
    io.progress(
      `pushing ${reference}: ${(sent / MB).toFixed(1)} of ${(total / MB).toFixed(1)} MB (${Math.floor((100 * sent) / total)} %)`,
    )
  }
}

/** Runs the engine to its end, without a limit: images may be large. An interrupt ends it. */
export function engineRun(
  { argv: [program, ...first], environment }: Engine,
  args: readonly string[],
  signal: AbortSignal,
): Promise<{ readonly ok: boolean; readonly said: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, [...first, ...args], {
      env: { ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
      signal,
    })
    let said = ''
    const hear = (part: Buffer): void => {
      said = (said + part.toString('utf8')).slice(-4000)
    }
    child.stdout.on('data', hear)
    child.stderr.on('data', hear)
    child.once('error', (cause) => {
      if (!signal.aborted) return resolve({ ok: false, said: cause.message })
      reject(new AppError('INTERRUPTED', 'the upload or download was interrupted', { hint: 'Start it again.' }))
    })
    child.once('close', (status) => resolve({ ok: status === 0, said }))
  })
}
