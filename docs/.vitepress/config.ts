// The documentation site: `npm run docs` builds it into docs/.vitepress/dist, `npm run docs:dev` serves it while you write.
// Its pages are the Markdown files of the repository as they are; dead links between them fail the build.
import { defineConfig } from 'vitepress'
import { SECTIONS } from './sections.ts'

// biome-ignore lint/style/noDefaultExport: VitePress reads the default export
export default defineConfig({
  title: 'Paracosm',
  description: 'Simulated worlds with people, bots and AI agents, and evidence from them.',
  lang: 'en',
  srcDir: '..',
  srcExclude: ['{node_modules,src,tests,bench,examples,web,scripts,dist,tmp,data}/**', '**/node_modules/**'],
  rewrites: {
    'README.md': 'index.md',
    'docs/README.md': 'docs/index.md',
    'docs/api/README.md': 'docs/api/index.md',
    'docs/adr/README.md': 'docs/adr/index.md',
  },
  // Links to sources and folders of the repository, which are not pages.
  ignoreDeadLinks: [/(?:^|\/)(?:src|examples|bench|tests|LICENSE)(?:\/|$)/, /^https?:\/\/(?:localhost|127\.0\.0\.1)/],
  cleanUrls: true,
  markdown: {
    // `<world>` in a sentence is text, not a tag.
    html: false,
    // And `{{` is text, not a template of Vue.
    config(md) {
      const { text, code_inline: code } = md.renderer.rules
      const bare = (html: string | undefined): string => (html ?? '').replaceAll('{{', '&#123;&#123;')
      md.renderer.rules.text = (...args) => bare(text?.(...args))
      md.renderer.rules.code_inline = (...args) => bare(code?.(...args))
    },
  },
  themeConfig: {
    nav: [
      { text: 'Tutorials', link: '/docs/tutorials/build-a-world' },
      { text: 'Guide', link: '/docs/' },
      { text: 'API', link: '/docs/api/' },
    ],
    sidebar: SECTIONS.map(({ title, pages }) => ({
      text: title,
      collapsed: false,
      items: pages.map(([text, path]) => ({ text, link: `/docs/${path}`.replace(/(?:README)?\.md$/, '') })),
    })),
    search: { provider: 'local' },
    outline: { level: [2, 3] },
  },
})
