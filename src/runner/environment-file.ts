// Variables for a container in a file: every user of the machine can read command lines, and a variable that travels in
// the engine's own environment, such as DOCKER_HOST, would change the engine.
import { writeFile } from 'node:fs/promises'
import { AppError } from '../kernel/errors.ts'
import { PRIVATE_FILE } from '../lib/private.ts'

/** For `--env-file`. @throws AppError RUN_FAILED for a value with a line break, which the format cannot hold */
export async function writeEnvironmentFile(path: string, variables: Readonly<Record<string, string>>): Promise<void> {
  const [broken] = Object.entries(variables).find(([, value]) => /[\r\n]/.test(value)) ?? []
  if (broken !== undefined)
    throw new AppError('RUN_FAILED', `the secret ${broken} has a line break, which no image can get`)
  const lines = Object.entries(variables).map(([name, value]) => `${name}=${value}\n`)
  await writeFile(path, lines.join(''), { mode: PRIVATE_FILE })
}
