// Builds the browser application into web/dist if its sources have changed since the last build.
//   node scripts/build-web.ts [--force] [--if-possible]
// Several processes may start it concurrently: each builds in its own folder, and the last one to finish wins.
import { createHash } from 'node:crypto'
import { cpSync, existsSync, globSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'

const ROOT = join(import.meta.dirname, '..')
const TARGET = join(ROOT, 'web', 'dist')
/** Smaller files are not compressed: they fit into one packet. */
const MIN_COMPRESSED = 1000

/** The inputs of the build; the lock file represents the packages. */
const INPUTS = [
  'web/index.html',
  'web/*.config.ts',
  'web/public/**',
  'web/src/**',
  'src/{client,protocol,kernel,worlds}/**',
  'scripts/build-web.ts',
  'package-lock.json',
]

/** Hash over the names and contents of all inputs, 16 hex digits. */
export function hashInputs(): string {
  const hash = createHash('sha256')
  const paths = globSync(INPUTS, { cwd: ROOT, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.endsWith('.test.ts'))
    .map((entry) => join(entry.parentPath, entry.name))
  for (const path of paths.toSorted())
    hash
      .update(`${path.slice(ROOT.length)}\0`)
      .update(readFileSync(path))
      .update('\0')
  return hash.digest('hex').slice(0, 16)
}

/** Whether web/dist is up to date. */
export function isUpToDate(version: string): boolean {
  try {
    const info: unknown = JSON.parse(readFileSync(join(TARGET, 'build.json'), 'utf8'))
    return typeof info === 'object' && info !== null && 'version' in info && info.version === version
  } catch {
    return false
  }
}

function compress(folder: string, name: string): void {
  const path = join(folder, name)
  const bytes = readFileSync(path)
  if (bytes.length < MIN_COMPRESSED || /\.(?:woff2|png)$/.test(name)) return
  writeFileSync(`${path}.gz`, gzipSync(bytes, { level: 9 }))
  const params = { [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length, [constants.BROTLI_PARAM_QUALITY]: 9 }
  writeFileSync(`${path}.br`, brotliCompressSync(bytes, { params }))
}

async function build(version: string): Promise<void> {
  const folder = `${TARGET}.${process.pid}`
  const { build: viteBuild } = await import('vite')
  const { PATHS } = await import('../web/src/paths.ts')
  try {
    await viteBuild({
      configFile: join(ROOT, 'web', 'vite.config.ts'),
      logLevel: 'warn',
      define: { __WEB_VERSION__: JSON.stringify(version) },
      build: { outDir: folder },
    })
    await buildShared(folder, viteBuild)
    await buildContract(folder, viteBuild)
    const files = globSync('**/*', { cwd: folder, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) =>
        join(entry.parentPath, entry.name)
          .slice(folder.length + 1)
          .replaceAll('\\', '/'),
      )
      .toSorted()
    for (const name of files) compress(folder, name)
    writeFileSync(join(folder, 'build.json'), JSON.stringify({ version, paths: Object.values(PATHS), files }))
    install(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** The page of shared files: one self-contained script per world. */
async function buildShared(folder: string, viteBuild: typeof import('vite').build): Promise<void> {
  const { shareConfig } = await import('../web/vite.share.config.ts')
  for (const path of globSync('src/worlds/*/world.ts', { cwd: ROOT })) {
    const world = path.split(/[\\/]/)[2] ?? ''
    const hasView = existsSync(join(ROOT, 'src', 'worlds', world, 'view', 'main.ts'))
    await viteBuild(shareConfig(world, hasView, folder))
  }
}

/** The views for the pages of the coworld contract (src/adapters/coworld/pages), and the tokens that they draw with. */
async function buildContract(folder: string, viteBuild: typeof import('vite').build): Promise<void> {
  const { contractConfig } = await import('../web/vite.contract.config.ts')
  for (const path of globSync('src/worlds/*/view/main.ts', { cwd: ROOT })) {
    const world = path.split(/[\\/]/)[2] ?? ''
    await viteBuild(contractConfig(`world-${world}`, join(ROOT, path), folder))
  }
  await viteBuild(contractConfig('world-generic', join(ROOT, 'web', 'src', 'views', 'generic-view.ts'), folder))
  cpSync(join(ROOT, 'web', 'src', 'styles', 'tokens.css'), join(folder, 'contract', 'tokens.css'))
}

/** Replaces the old build with the new one. */
function install(folder: string): void {
  const old = `${folder}.old`
  mkdirSync(join(ROOT, 'web'), { recursive: true })
  if (existsSync(TARGET)) renameSync(TARGET, old)
  try {
    renameSync(folder, TARGET)
  } catch (error) {
    // Another process has put its build there in the meantime, from the same sources.
    if (!existsSync(join(TARGET, 'build.json'))) throw error
  }
  rmSync(old, { recursive: true, force: true })
}

/** Builds if needed. Reports progress on standard error. */
export async function ensureWeb(isForced: boolean): Promise<void> {
  const version = hashInputs()
  if (!isForced && isUpToDate(version)) return
  const started = performance.now()
  process.stderr.write('Building the pages… ')
  await build(version)
  process.stderr.write(`done in ${((performance.now() - started) / 1000).toFixed(1)} s\n`)
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const hasVite = existsSync(join(ROOT, 'node_modules', 'vite'))
  // `npm ci --omit=dev` has no build tools; the server then runs without pages and says so.
  if (hasVite || !process.argv.includes('--if-possible')) await ensureWeb(process.argv.includes('--force'))
}
