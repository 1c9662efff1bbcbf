// Builds `dist/`, the content of the package. Node refuses TypeScript under node_modules, so everything is compiled.
import { spawnSync } from 'node:child_process'
import { cpSync, globSync, mkdirSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { ensureWeb } from './build-web.ts'

rmSync('dist', { recursive: true, force: true })
for (const project of ['tsconfig.build.json', 'src/adapters/coworld/pages/tsconfig.build.json']) {
  const { status } = spawnSync('tsc', ['-p', project], { stdio: 'inherit' })
  if (status !== 0) process.exit(1)
}
for (const path of globSync('src/**/*.{html,css,svg,tmpl}')) {
  const target = path.replace(/^src/, 'dist')
  mkdirSync(dirname(target), { recursive: true })
  cpSync(path, target)
}
await ensureWeb(false)
cpSync('web/dist', 'dist/web', { recursive: true })
