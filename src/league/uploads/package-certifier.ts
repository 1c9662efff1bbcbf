// Certifies an uploaded package with the containers of this machine, in a temporary folder that is removed afterwards.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { certify } from '../../runner/certify.ts'
import type { Engine } from '../../runner/container-engine.ts'
import { createContainerRuntime } from '../../runner/container-runtime.ts'
import { type GameSecretSource, withGameSecrets } from '../../runner/game-secrets.ts'
import { packageImages, replaceImages } from '../../runner/package-images.ts'
import type { Certification } from '../../store/leagues/coworlds.ts'
import type { StartLeash } from '../hosted/leash.ts'
import { onLeash } from '../hosted/leashed-runtime.ts'
import type { LocalImages } from './local-images.ts'
import type { Certifier } from './package-desk.ts'

/** Milliseconds for each wait of a certification: the default of `paracosm coworld certify`. */
const TIMEOUT_MS = 60_000
/** Characters of the reason of a check. */
const MAX_REASON = 2000

export interface CertifierParts {
  readonly engine: Engine
  readonly local: LocalImages
  readonly secrets: GameSecretSource
  readonly leash: StartLeash
}

export function createPackageCertifier({ engine, local, secrets, leash }: CertifierParts): Certifier {
  return async (coworld, { signal, report }) => {
    const images = new Map<string, string>()
    for (const image of packageImages(coworld.manifest)) images.set(image, await local.ensure(image))
    const folder = await mkdtemp(join(tmpdir(), 'paracosm-certify-'))
    const checks: Certification['checks'] = []
    let stored: Promise<void> = Promise.resolve()
    try {
      const manifestPath = join(folder, 'coworld_manifest.json')
      const manifest = replaceImages(coworld.manifest, (image) => images.get(image) ?? image)
      await writeFile(manifestPath, JSON.stringify(manifest))
      const { certified } = await certify({
        manifestPath,
        // A package is certified before its owner can store a secret for it: then its game does without, as on the
        // owner's machine.
        runtime: withGameSecrets(onLeash(createContainerRuntime({ engine }), leash, folder), {
          source: secrets,
          coworld: coworld.name,
          ifMissing: 'keep',
        }),
        timeoutMs: TIMEOUT_MS,
        workspace: join(folder, 'workspace'),
        cwd: folder,
        signal,
        onCheck({ number, id, outcome, reason }) {
          checks.push({ number, id, outcome, reason: reason.replaceAll(folder, '').slice(0, MAX_REASON) })
          const soFar: Certification = { status: 'running', notes: null, checks: [...checks] }
          // Progress that cannot be stored is not a fault of the package.
          stored = stored.then(() => report(soFar)).catch(() => undefined)
        },
      })
      return { status: certified ? 'passed' : 'failed', notes: null, checks }
    } finally {
      await stored
      await rm(folder, { recursive: true, force: true })
    }
  }
}
