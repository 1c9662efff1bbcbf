// How the browser application is built. `npm run build:web` (scripts/build-web.ts) runs it; nothing else does.
import { fileURLToPath } from 'node:url'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

export default defineConfig({
  root: here('.'),
  plugins: [react()],
  resolve: {
    // As the package exports them; in a checkout there is no dist/ yet.
    alias: [
      { find: 'paracosm/client', replacement: here('../src/client/index.ts') },
      { find: 'paracosm/protocol', replacement: here('../src/protocol/index.ts') },
      { find: 'paracosm/world', replacement: here('../src/kernel/index.ts') },
      // The exact name: its parts are what the module itself imports.
      { find: /^zod$/, replacement: here('./src/zod-without-eval.ts') },
    ],
  },
  worker: { format: 'es' },
  build: {
    outDir: here('dist'),
    emptyOutDir: true,
    // Hashed names below one prefix: the server lets browsers keep them for ever.
    assetsDir: '_app',
    // No data: addresses: the content policy allows fonts and scripts from the server alone.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: ['chrome123', 'firefox121', 'safari17.5'],
    reportCompressedSize: false,
    chunkSizeWarningLimit: 1500,
  },
})
