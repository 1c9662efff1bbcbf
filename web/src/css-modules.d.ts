declare module '*.module.css' {
  const classes: Readonly<Record<string, string>>
  // biome-ignore lint/style/noDefaultExport: this is how CSS modules are exported
  export default classes
}

declare module '*.css' {}
declare module '@fontsource-variable/*' {}

/** What the build fills in: the hash of the application's sources. */
declare const __WEB_VERSION__: string

/** Of V8; the kernel shortens the traces of errors that are answers. */
interface ErrorConstructor {
  stackTraceLimit: number
}
