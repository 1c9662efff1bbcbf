// What `serve --run-uploads` starts uploaded policies with: where programs are, and a container engine if one answers.
import { inheritedEnvironment } from '../../config.ts'
import { AppError } from '../../kernel/errors.ts'
import { findEngine } from '../../runner/container-engine.ts'
import type { UploadSettings } from '../../server/leagues.ts'
import type { Io } from '../io.ts'

/** Nothing else of the server's environment reaches a program that somebody uploaded. */
const PASSED_ON: readonly string[] = ['PATH', 'LANG', 'LC_ALL', 'TZ']

export async function uploadSettings(io: Io): Promise<UploadSettings> {
  const inherited = inheritedEnvironment()
  const environment = Object.fromEntries(Object.entries(inherited).filter(([name]) => PASSED_ON.includes(name)))
  const settings = { environment, engineEnvironment: inherited }
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
    if (command === undefined && error instanceof AppError && error.code === 'ENGINE_MISSING') {
      return { ...settings, engine: undefined }
    }
    throw error
  }
}
