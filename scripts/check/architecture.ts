// docs/architecture.md against the code: its table of layers matches the one that checks imports, the files that it names
// exist, and its path of one command enters each module once.
import { existsSync, readFileSync } from 'node:fs'
import { LAYERS } from './layers.ts'

const PAGE = 'docs/architecture.md'

/** The problems of a text of the page; `exists` says whether a file below src exists. */
export function architectureFaults(text: string, exists: (path: string) => boolean): string[] {
  return [...layerFaults(text), ...pathFaults(text, exists), ...walkFaults(text)]
}

export function checkArchitecture(): string[] {
  return architectureFaults(readFileSync(PAGE, 'utf8'), (path) => existsSync(`src/${path}`))
}

function layerFaults(text: string): string[] {
  const faults: string[] = []
  const rows = [...text.matchAll(/^\| (\d+) \| `src\/([a-z]+)/gm)].map(([, layer = '', name = '']) => ({ layer, name }))
  for (const { layer, name } of rows) {
    const known = LAYERS[name]
    if (known === undefined) faults.push(`${PAGE}: src/${name} has no layer in scripts/check/layers.ts`)
    else if (Math.floor(known) !== Number(layer)) faults.push(`${PAGE}: src/${name} is in layer ${known}, not ${layer}`)
  }
  for (const name of Object.keys(LAYERS)) {
    const isShown = rows.some((row) => row.name === name)
    if (!isShown && name !== 'testing' && existsSync(`src/${name}`)) faults.push(`${PAGE}: has no row for src/${name}`)
  }
  return faults
}

const FILE = /`([a-z]+(?:\/[a-z0-9-]+)*\.ts)`/g

function pathFaults(text: string, exists: (path: string) => boolean): string[] {
  return [...text.matchAll(FILE)]
    .map(([, path = '']) => path)
    .filter((path) => path.includes('/') && !path.startsWith('scripts/') && !exists(path))
    .map((path) => `${PAGE}: there is no src/${path}`)
}

/** A path that returns to an earlier module does not show a single way through the layers. */
function walkFaults(text: string): string[] {
  const walk = /## One command[^\n]*\n([\s\S]*?)\n## /.exec(text)?.[1] ?? ''
  const modules = [...walk.matchAll(FILE)].map(([, path = '']) => path.split('/')[0] ?? '')
  const entered: string[] = []
  for (const name of modules) if (entered.at(-1) !== name) entered.push(name)
  const again = entered.filter(
    (name, index) => entered.indexOf(name) < index && name !== 'kernel' && name !== 'episode',
  )
  if (modules.length === 0) return [`${PAGE}: shows no walk of one command`]
  return again.map((name) => `${PAGE}: the walk enters src/${name} twice`)
}
