declare module '*.module.css' {
  const classes: Readonly<Record<string, string>>
  // biome-ignore lint/style/noDefaultExport: this is how CSS modules are exported
  export default classes
}

declare module '*.css' {}
declare module '@fontsource-variable/*' {}

/** Replaced by the build with the hash of the application's sources. */
declare const __WEB_VERSION__: string

/** In V8; the kernel shortens the stack traces of expected errors. */
interface ErrorConstructor {
  stackTraceLimit: number
}

interface ImportMeta {
  /** In Vite: modules by path, each loaded by a call. */
  glob<T>(pattern: string): Readonly<Record<string, (() => Promise<T>) | undefined>>
}
