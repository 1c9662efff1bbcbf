// Docker or Podman on this machine: one container with the server, its store on a volume.

import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError } from '../../kernel/errors.ts'
import { writeFileWhole } from '../../lib/files.ts'
import { makeFolder } from '../../lib/folders.ts'
import { PRIVATE_FILE, PRIVATE_FOLDER } from '../../lib/private.ts'
import type { Engine } from '../container-engine.ts'
import { ask, must } from './command.ts'
import { type Provider, SERVER_PORT, STUDY_PATH, serveCommand } from './provider.ts'

export interface ContainerOptions {
  /** An image that contains paracosm. */
  readonly image: string
  /** The port on 127.0.0.1; 0: any free one. */
  readonly port: number
  /** Additional arguments of the server, for tests and special networks. */
  readonly serve?: readonly string[]
}

const LABEL = 'paracosm.remote'
/** These work even where raising limits is not permitted. */
const LIMITS = ['--ulimit', 'nofile=1024:1024', '--ulimit', 'nproc=1024:1024']

export function createContainerProvider(engine: Engine, { image, port, serve = [] }: ContainerOptions): Provider {
  const volumeOf = (name: string): string => `${name}-data`
  return {
    async deploy({ names, folder, study, secrets, slug }, { signal, tell }) {
      const name = names.api
      await makeFolder(folder, { mode: PRIVATE_FOLDER })
      if (study) await writeFileWhole(join(folder, 'study.yml'), study.text, { mode: PRIVATE_FILE })
      const values = Object.entries(secrets).filter(([key]) => key !== 'POSTGRES_PASSWORD' && key !== 'DATABASE_URL')
      const file = join(folder, 'secrets.env')
      await writeFileWhole(file, values.map(([key, value]) => `${key}=${value}\n`).join(''), { mode: PRIVATE_FILE })
      try {
        tell(`starting ${name}`)
        // The container of an earlier deployment; its volume stays.
        await ask(engine, ['rm', '--force', name], { signal })
        const mounts = [
          '--volume',
          `${volumeOf(name)}:/data`,
          ...(study ? ['--volume', `${join(folder, 'study.yml')}:${STUDY_PATH}:ro`] : []),
        ]
        const run = [
          'run',
          '--detach',
          '--name',
          name,
          '--label',
          `${LABEL}=${slug}`,
          ...LIMITS,
          '--publish',
          `127.0.0.1:${port === 0 ? '' : port}:${SERVER_PORT}`,
        ]
        const command = serveCommand({ study }, ['--data', '/data', ...serve])
        await must(engine, [...run, ...mounts, '--env-file', file, image, ...command], {
          signal,
          what: `starting ${name}`,
        })
      } finally {
        await rm(file, { force: true })
      }
      const told = await must(engine, ['port', name, `${SERVER_PORT}/tcp`], { signal, what: 'asking for the port' })
      const [, published] = /:(\d+)\s*$/m.exec(told) ?? []
      if (published === undefined) throw new AppError('DEPLOY_FAILED', `${name} publishes no port`)
      return { url: `http://127.0.0.1:${published}` }
    },
    async destroy(names, { signal, tell }) {
      tell(`removing ${names.api}`)
      await must(engine, ['rm', '--force', names.api], { signal, what: `removing ${names.api}` })
      await must(engine, ['volume', 'rm', '--force', volumeOf(names.api)], { signal, what: 'removing the volume' })
    },
  }
}
