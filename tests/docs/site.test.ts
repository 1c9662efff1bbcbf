// The documentation site: it builds, its search finds the pages, and the index lists every page.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { test } from 'node:test'
import { SECTIONS } from '../../docs/.vitepress/sections.ts'

const ROOT = join(import.meta.dirname, '..', '..')

test('site: it builds without a dead link, with a page for each entry and an index for the search', () => {
  const out = mkdtempSync(join(tmpdir(), 'paracosm site '))
  try {
    const { status, stdout, stderr } = spawnSync('vitepress', ['build', 'docs', '--outDir', out], {
      cwd: ROOT,
      encoding: 'utf8',
      env: { ...process.env, PATH: [join(ROOT, 'node_modules', '.bin'), process.env.PATH].join(delimiter) },
    })
    assert.equal(status, 0, `${stdout}\n${stderr}`)
    for (const { pages } of SECTIONS) {
      for (const [, path] of pages) {
        const page = join(out, 'docs', path.replace(/README\.md$/, 'index.html').replace(/\.md$/, '.html'))
        assert.ok(existsSync(page), page)
      }
    }
    assert.ok(globSync('**/*localSearchIndex*', { cwd: out }).length > 0)
  } finally {
    rmSync(out, { recursive: true, force: true })
  }
})

test('site: docs/README.md lists the pages of the sidebar, in its order, and no page is missing', () => {
  const index = readFileSync(join(ROOT, 'docs', 'README.md'), 'utf8')
  const listed = [...index.matchAll(/^## (.+)$|^- \[([^\]]+)\]\(([^)]+)\)/gm)].map(
    ([, title, text, path]) => title ?? `${text} ${path}`,
  )
  const expected = SECTIONS.flatMap(({ title, pages }) => [title, ...pages.map(([text, path]) => `${text} ${path}`)])
  assert.deepEqual(listed, expected)
  const known = SECTIONS.flatMap(({ pages }) => pages.map(([, path]) => path))
  const found = globSync('**/*.md', { cwd: join(ROOT, 'docs') }).filter(
    (path) => !/^(?:adr|api)\/|^README\.md$/.test(path),
  )
  assert.deepEqual(
    found.filter((path) => !known.includes(path)),
    [],
    'add the page to docs/.vitepress/sections.ts and docs/README.md',
  )
})
