// How the page of shared files is built: one script and one style sheet for each world, with nothing left to load.
// scripts/build-web.ts runs it once a world and names the world in SHARE_ENTRY, a module of a few lines.
import { fileURLToPath } from 'node:url'
import react from '@vitejs/plugin-react'
import type { InlineConfig } from 'vite'

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url))
const ENTRY = 'virtual:shared-world'

/** @param world the folder below src/worlds */
export function shareConfig(world: string, hasView: boolean, outDir: string): InlineConfig {
  const at = here(`../src/worlds/${world}`)
  const code = [
    `import * as rules from '${at}/world.ts'`,
    hasView ? `import { view } from '${at}/view/main.ts'` : 'const view = undefined',
    `import { startShared } from '${here('./src/share/shared.tsx')}'`,
    `startShared(Object.values(rules).find((each) => each?.id === '${world}'), view)`,
  ].join('\n')
  return {
    root: here('.'),
    configFile: false,
    publicDir: false,
    logLevel: 'warn',
    plugins: [
      react(),
      {
        name: 'shared-world',
        resolveId: (id) => (id === ENTRY ? `\0${ENTRY}` : undefined),
        load: (id) => (id === `\0${ENTRY}` ? code : undefined),
      },
    ],
    resolve: {
      alias: [
        { find: 'paracosm/client', replacement: here('../src/client/index.ts') },
        { find: 'paracosm/protocol', replacement: here('../src/protocol/index.ts') },
        { find: 'paracosm/world', replacement: here('../src/kernel/index.ts') },
        // The exact name: its parts are what the module itself imports.
        { find: /^zod$/, replacement: here('./src/zod-without-eval.ts') },
      ],
    },
    define: { __WEB_VERSION__: '""' },
    build: {
      outDir,
      emptyOutDir: false,
      assetsInlineLimit: Number.MAX_SAFE_INTEGER,
      cssCodeSplit: false,
      modulePreload: { polyfill: false },
      target: ['chrome123', 'firefox121', 'safari17.5'],
      reportCompressedSize: false,
      chunkSizeWarningLimit: 4000,
      rolldownOptions: {
        input: ENTRY,
        output: {
          format: 'es',
          codeSplitting: false,
          entryFileNames: `share/${world}.js`,
          assetFileNames: `share/${world}.[ext]`,
        },
      },
    },
  }
}
