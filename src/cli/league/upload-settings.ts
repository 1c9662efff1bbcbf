// What `serve --run-uploads` starts uploaded policies with: where programs are, and a container engine if one answers.
import { spawnSync } from 'node:child_process'
import { inheritedEnvironment } from '../../config.ts'
import { AppError } from '../../kernel/errors.ts'
import { DROP_RIGHTS } from '../../league/uploads/isolation.ts'
import { findEngine } from '../../runner/container-engine.ts'
import type { UploadSettings } from '../../server/leagues.ts'
import type { Io } from '../io.ts'

/** Nothing else of the server's environment reaches a program that somebody uploaded. */
const PASSED_ON: readonly string[] = ['PATH', 'LANG', 'LC_ALL', 'TZ']

/**
 * @param image whose containers run uploaded source; undefined: processes of this machine do
 * @throws AppError ENGINE_MISSING for an image without an engine, or an engine that was named and is not there
 */
export async function uploadSettings(io: Io, image: string | undefined): Promise<UploadSettings> {
  const inherited = inheritedEnvironment()
  const environment = Object.fromEntries(Object.entries(inherited).filter(([name]) => PASSED_ON.includes(name)))
  const dropsRights = process.getuid?.() === 0 && canDropRights(environment)
  const settings = { environment, engineEnvironment: inherited, sourceImage: image, dropsRights }
  const command = io.config.PARACOSM_CONTAINER_ENGINE
  try {
    const containers = await findEngine({ environment: inherited, ...(command === undefined ? {} : { command }) })
    const { argv } = containers
    return {
      ...settings,
      containers,
      engine: argv.map((word) => `'${word.replaceAll("'", String.raw`'\''`)}'`).join(' '),
    }
  } catch (error) {
    // Source can be run without an engine; one that was named has to be there.
    if (command === undefined && image === undefined && error instanceof AppError && error.code === 'ENGINE_MISSING') {
      return { ...settings, engine: undefined }
    }
    throw error
  }
}

/** Whether `nobody` can start what root can: interpreters in the home of root are closed to others. */
function canDropRights(env: Readonly<Record<string, string>>): boolean {
  const runs = (command: string): boolean =>
    spawnSync('/bin/sh', ['-c', command], { env, stdio: 'ignore' }).status === 0
  return ['true', 'python3 --version', 'node --version'].every(
    (command) => !runs(command) || runs(`${DROP_RIGHTS}${command}`),
  )
}
