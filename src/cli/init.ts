// `paracosm init`: the files of a new world, or of a game and player in another language.
import { randomBytes } from 'node:crypto'
import { readdirSync, statSync } from 'node:fs'
import { copyFile, mkdir, rename, rm, rmdir, writeFile } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { Command, InvalidArgumentError } from 'commander'
import { AppError } from '../kernel/errors.ts'
import { isMissing, toWriteError } from '../lib/files.ts'
import { makeFolder } from '../lib/folders.ts'
import { BUILT_IN_WORLDS } from '../worlds/catalogue.ts'
import { renderScaffold, type ScaffoldKind } from './init/files.ts'
import { type Io, printJson } from './io.ts'
import { readVersion } from './version.ts'

const LANGUAGES = ['python', 'typescript'] as const
type Language = (typeof LANGUAGES)[number]

interface Flags {
  readonly dir?: string
  readonly paracosm?: string
  readonly language?: Language
  readonly json?: boolean
}

/** Names of packages that a project depends on: one cannot depend on itself. */
const TAKEN = [
  'paracosm',
  'zod',
  'ws',
  'typescript',
  'fast-check',
  'node',
  'node-modules',
  ...BUILT_IN_WORLDS.map(({ id }) => id),
]

export function createCommand(io: Io): Command {
  const init = new Command('init')
    .description('Create the files of a new world or game.')
    .addHelpText('after', '\nExamples:\n  paracosm init world my-world\n  paracosm init game my-game --language python')
  init
    .command('world <name>')
    .description('Create a world in TypeScript: rules, bots, view, tests, manifest, Dockerfile, README.')
    .option('--dir <folder>', 'target folder, new or empty; default: a folder with that name')
    .option(
      '--paracosm <spec>',
      'version or tarball (file:…, copied into the folder) of paracosm; default: this version',
    )
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
Examples:
  paracosm init world harvest
  paracosm init world harvest --dir ./worlds/harvest --paracosm file:../paracosm-0.1.0.tgz

Then: cd harvest && npm install && npm test && npm run play`,
    )
    .action((name: string, flags: Flags) => scaffold(io, { kind: 'world', name: parseName(name) }, flags))
  init
    .command('game <name>')
    .description('Create a game and a player for the coworld contract, with manifest, tests, Dockerfile and README.')
    .requiredOption('--language <language>', LANGUAGES.join(' or '), parseLanguage)
    .option('--dir <folder>', 'target folder, new or empty; default: a folder with that name')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
Examples:
  paracosm init game highest --language python
  paracosm init game highest --language typescript --dir ./games/highest

Then: cd highest && paracosm coworld certify coworld_manifest.json --runtime process`,
    )
    .action((name: string, flags: Flags) =>
      scaffold(io, { kind: flags.language ?? 'python', name: parseName(name) }, flags),
    )
  return init
}

function parseLanguage(text: string): Language {
  const found = LANGUAGES.find((each) => each === text)
  if (found) return found
  throw new InvalidArgumentError(`Give ${LANGUAGES.join(' or ')}.`)
}

/** @throws AppError USAGE */
function parseName(name: string): string {
  if (!/^[a-z](?:[a-z0-9]|-(?=[a-z0-9])){0,39}$/.test(name)) {
    throw new AppError('USAGE', `${JSON.stringify(name.slice(0, 100))} is not a name`, {
      hint: 'Use 1 to 40 lower-case letters, digits and single hyphens, beginning with a letter: my-world.',
    })
  }
  if (!TAKEN.includes(name)) return name
  throw new AppError('USAGE', `the name ${name} is taken by a built-in world or a dependency`, {
    hint: `Choose another name: my-${name}.`,
  })
}

interface Wanted {
  readonly kind: ScaffoldKind
  readonly name: string
}

async function scaffold(io: Io, { kind, name }: Wanted, flags: Flags): Promise<void> {
  const folder = resolve(flags.dir ?? name)
  requireFree(folder)
  const title = name.charAt(0).toUpperCase() + name.slice(1).replaceAll('-', ' ')
  const tarball = findTarball(folder, flags.paracosm)
  const paracosm = tarball === undefined ? (flags.paracosm ?? readVersion()) : `file:./${basename(tarball)}`
  const files = renderScaffold(kind, { name, title, paracosm })
  await writeAll(folder, files, tarball)
  const names = [...files.keys(), ...(tarball === undefined ? [] : [basename(tarball)])]
  const next = nextCommands(kind, flags.dir ?? name)
  if (flags.json) {
    printJson(io, { ok: true, kind: kind === 'world' ? 'world' : 'game', name, folder, files: names, next })
    return
  }
  io.out(`Wrote ${names.length} files to ${folder}.`)
  io.out('Next:')
  for (const line of next) io.out(`  ${line}`)
}

/**
 * The tarball that a dependency names, relative to the new folder as npm reads it. It is copied into the folder, so that
 * the project also installs elsewhere, such as in its container image.
 */
function findTarball(folder: string, spec: string | undefined): string | undefined {
  if (spec?.startsWith('file:') !== true || !/\.(?:tgz|tar\.gz)$/.test(spec)) return undefined
  const path = resolve(folder, spec.slice('file:'.length))
  if (statSync(path, { throwIfNoEntry: false })?.isFile() === true) return path
  throw new AppError('FILE_UNREADABLE', `there is no ${path}`, {
    hint: 'A relative path begins at the new folder, as in its package.json.',
    details: { path },
  })
}

function nextCommands(kind: ScaffoldKind, folder: string): string[] {
  const enter = `cd ${/^[\w./-]+$/.test(folder) ? folder : JSON.stringify(folder)}`
  const certify = 'paracosm coworld certify coworld_manifest.json --runtime process'
  if (kind === 'world') return [enter, 'npm install', 'npm test', 'npm run play']
  if (kind === 'python') return [enter, 'python3 -m unittest', certify]
  return [enter, 'npm install', 'npm test', certify]
}

/** @throws AppError FILE_EXISTS */
function requireFree(folder: string): void {
  const found = statSync(folder, { throwIfNoEntry: false })
  if (!found || (found.isDirectory() && readdirSync(folder).length === 0)) return
  throw new AppError('FILE_EXISTS', `${folder} ${found.isDirectory() ? 'is not empty' : 'is a file'}`, {
    hint: 'Choose another name, or another folder with --dir.',
  })
}

/**
 * Everything is written beside the target and renamed to it at once: a failure leaves nothing behind.
 * @throws AppError FILE_UNWRITABLE, FILE_EXISTS
 */
async function writeAll(
  folder: string,
  files: ReadonlyMap<string, string>,
  tarball: string | undefined,
): Promise<void> {
  let draft: string | undefined
  try {
    await makeFolder(dirname(folder))
    draft = join(dirname(folder), `.${basename(folder)}-${randomBytes(4).toString('hex')}`)
    await mkdir(draft)
    for (const [path, text] of files) {
      await makeFolder(dirname(join(draft, path)))
      await writeFile(join(draft, path), text)
    }
    if (tarball !== undefined) await copyFile(tarball, join(draft, basename(tarball)))
    // An empty folder is replaced. One that was filled meanwhile is kept.
    await rmdir(folder).catch((error: unknown) => {
      if (!isMissing(error)) throw error
    })
    await rename(draft, folder)
  } catch (error) {
    if (draft !== undefined) await rm(draft, { recursive: true, force: true })
    throw toWriteError(error, folder)
  }
}
