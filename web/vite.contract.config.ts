// How a world's view is built for the pages of the coworld contract: one script, with nothing left to load.
// scripts/build-web.ts runs it once for each view.
import { fileURLToPath } from 'node:url'
import type { InlineConfig } from 'vite'

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

/** @param name of the script, without its ending @param entry a module that exports `view` */
export function contractConfig(name: string, entry: string, outDir: string): InlineConfig {
  return {
    root: here('.'),
    configFile: false,
    publicDir: false,
    logLevel: 'warn',
    resolve: { alias: [{ find: /^zod$/, replacement: here('./src/zod-without-eval.ts') }] },
    build: {
      outDir,
      emptyOutDir: false,
      cssCodeSplit: false,
      modulePreload: { polyfill: false },
      target: ['chrome123', 'firefox121', 'safari17.5'],
      reportCompressedSize: false,
      chunkSizeWarningLimit: 4000,
      lib: { entry, formats: ['es'], fileName: name, cssFileName: name },
      rolldownOptions: {
        output: {
          codeSplitting: false,
          entryFileNames: `contract/${name}.js`,
          assetFileNames: `contract/${name}.[ext]`,
        },
      },
    },
  }
}
