// Maintains each world's `code.ts`: SHA-256 over the names and texts of its source files, 16 hex digits.
// `npm run codes` writes them; `npm run check` compares.
import { createHash } from 'node:crypto'
import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { pathToFileURL } from 'node:url'

function digestOf(folder: string): string {
  const hash = createHash('sha256')
  // A view only draws: it cannot change how a journal replays.
  const files = globSync(`${folder}/**/*.ts`).filter(
    (path) => !path.endsWith('.test.ts') && !path.endsWith('/code.ts') && !path.startsWith(`${folder}/view/`),
  )
  for (const path of files.sort()) hash.update(`${path}\0${readFileSync(path, 'utf8')}\0`)
  return hash.digest('hex').slice(0, 16)
}

function textOf(digest: string): string {
  return `// Written by \`npm run codes\`: the digest of this world's source. Journals carry it.\nexport const code = '${digest}'\n`
}

/** The world folders whose code.ts does not match their source. With `isWriting`, updates them. */
export function checkCodes(isWriting: boolean): string[] {
  return globSync('src/worlds/*/world.ts').flatMap((world) => {
    const folder = dirname(world)
    const path = `${folder}/code.ts`
    const text = textOf(digestOf(folder))
    if (existsSync(path) && readFileSync(path, 'utf8') === text) return []
    if (isWriting) writeFileSync(path, text)
    return [
      `${path}: is out of date: run "npm run codes", and raise the world's version if old journals replay differently`,
    ]
  })
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) checkCodes(true)
