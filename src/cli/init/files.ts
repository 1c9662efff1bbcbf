// The files of a scaffold, and the substitution of names and versions in its templates.
import { readFileSync } from 'node:fs'
import { z } from 'zod'

/** Placeholders of the templates. */
export interface ScaffoldValues {
  /** Name of the package, the world or the game: 'my-world'. */
  readonly name: string
  /** The same for people: 'My world'. */
  readonly title: string
  /** The version or path of paracosm that a project depends on. */
  readonly paracosm: string
}

/**
 * Path in the project → template below templates/. Templates have different names, because a package ships no tests.
 */
type FileTable = Readonly<Record<string, string>>

const WORLD: FileTable = {
  'package.json': 'world/package.tmpl',
  'tsconfig.json': 'world/ts-config.tmpl',
  'world.ts': 'world/world-ts.tmpl',
  'rules.ts': 'world/rules-ts.tmpl',
  'bots.ts': 'world/bots-ts.tmpl',
  'perception.ts': 'world/perception-ts.tmpl',
  'view/main.ts': 'world/view-ts.tmpl',
  'world.test.ts': 'world/world-test.tmpl',
  'view.test.ts': 'world/view-test.tmpl',
  'coworld_manifest.json': 'world/manifest.tmpl',
  Dockerfile: 'world/docker.tmpl',
  '.dockerignore': 'world/docker-ignore.tmpl',
  '.gitignore': 'world/git-ignore.tmpl',
  'README.md': 'world/readme.tmpl',
}

const PYTHON: FileTable = {
  'game.py': 'game-python/game.tmpl',
  'player.py': 'game-python/player.tmpl',
  'web.py': 'game-python/web.tmpl',
  'test_game.py': 'game-python/game-test.tmpl',
  'coworld_manifest.json': 'game-python/manifest.tmpl',
  Dockerfile: 'game-python/docker.tmpl',
  '.gitignore': 'game-python/git-ignore.tmpl',
  'README.md': 'game-python/readme.tmpl',
}

const TYPESCRIPT: FileTable = {
  'package.json': 'game-typescript/package.tmpl',
  'tsconfig.json': 'game-typescript/ts-config.tmpl',
  'game.ts': 'game-typescript/game-ts.tmpl',
  'rules.ts': 'game-typescript/rules-ts.tmpl',
  'player.ts': 'game-typescript/player-ts.tmpl',
  'game.test.ts': 'game-typescript/game-test.tmpl',
  'coworld_manifest.json': 'game-typescript/manifest.tmpl',
  Dockerfile: 'game-typescript/docker.tmpl',
  '.dockerignore': 'game-typescript/docker-ignore.tmpl',
  '.gitignore': 'game-typescript/git-ignore.tmpl',
  'README.md': 'game-typescript/readme.tmpl',
}

export const SCAFFOLDS = { world: WORLD, python: PYTHON, typescript: TYPESCRIPT } as const
export type ScaffoldKind = keyof typeof SCAFFOLDS

const Versions = z.object({
  dependencies: z.record(z.string(), z.string()),
  devDependencies: z.record(z.string(), z.string()),
})

/** The files of a scaffold, by path. */
export function renderScaffold(kind: ScaffoldKind, values: ScaffoldValues): ReadonlyMap<string, string> {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'))
  const { dependencies, devDependencies } = Versions.parse(manifest)
  const versions = { ...devDependencies, ...dependencies }
  return new Map(
    Object.entries(SCAFFOLDS[kind]).map(([path, template]) => {
      const text = readFileSync(new URL(`templates/${template}`, import.meta.url), 'utf8')
      return [path, fill(text, template, { values, versions })]
    }),
  )
}

function fill(
  text: string,
  template: string,
  known: { readonly values: ScaffoldValues; readonly versions: Readonly<Record<string, string>> },
): string {
  const words: Readonly<Record<string, string>> = {
    name: known.values.name,
    title: known.values.title,
    paracosm: JSON.stringify(known.values.paracosm),
  }
  return text.replaceAll(/\{\{([a-z]+)(?: ([^}]+))?\}\}/g, (_, word: string, name: string | undefined) => {
    const value = word === 'version' && name !== undefined ? known.versions[name] : words[word]
    if (value === undefined) throw new Error(`the template ${template} names {{${word} ${name ?? ''}}}`)
    return value
  })
}
