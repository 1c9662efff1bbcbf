// A container engine and an AWS command line that write down how they are called, for tests without the real ones.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export interface FakeDocker {
  /** For a command: the engine, and a PATH with the AWS command line in front. */
  readonly env: Readonly<Record<string, string>>
  /** Calls so far, one line each. */
  calls(): string[]
  /** Makes an image known to `image save`. */
  add(reference: string, archive: Uint8Array): void
}

/** @param folder an empty one */
export function createFakeDocker(folder: string): FakeDocker {
  mkdirSync(join(folder, 'images'), { recursive: true })
  const calls = join(folder, 'calls')
  writeFileSync(calls, '')
  const file = (reference: string): string => join(folder, 'images', reference.replaceAll(/[^\w.-]/g, '_'))
  const docker = join(folder, 'docker')
  writeFileSync(
    docker,
    `#!/bin/sh
echo "docker $*" >> '${calls}'
case "$1 $2" in
  '--version '*) echo 'Docker version 27.0.0' ;;
  'version '*) echo 27.0.0 ;;
  'image save') f='${join(folder, 'images')}/'$(echo "$5" | tr -c 'a-zA-Z0-9_.\\n-' _); [ -f "$f" ] && cp "$f" "$4" || { echo "No such image: $5" >&2; exit 1; } ;;
  'pull '*) case "$*" in *absent*) echo 'manifest unknown' >&2; exit 1 ;; esac ;;
  'tag '*) ;;
  *) exit 1 ;;
esac
`,
    { mode: 0o755 },
  )
  const aws = join(folder, 'aws')
  writeFileSync(
    aws,
    `#!/bin/sh
echo "aws $* profile=$AWS_PROFILE key=$AWS_ACCESS_KEY_ID" >> '${calls}'
echo "$AWS_SESSION_TOKEN"
`,
    { mode: 0o755 },
  )
  return {
    env: { PARACOSM_CONTAINER_ENGINE: docker, PATH: `${folder}:${process.env.PATH ?? ''}`, AWS_PROFILE: 'ambient' },
    calls: () => readFileSync(calls, 'utf8').split('\n').filter(Boolean),
    add: (reference, archive) => writeFileSync(file(reference), archive),
  }
}
