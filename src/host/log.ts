// How the host reports to operators. Errors are passed as `err`, so that stack and cause are logged.

export interface Log {
  info(details: object, message: string): void
  error(details: object, message: string): void
}

/** For programs that do not log. */
export const SILENT: Log = { info: () => undefined, error: () => undefined }
