// The deployment of a server: one interface for all providers.

export const DEPLOY_APPS = ['db', 'api'] as const
export type DeployApp = (typeof DEPLOY_APPS)[number]

export interface Deployment {
  /** Lower-case letters, digits and dashes. */
  readonly slug: string
  readonly names: Readonly<Record<DeployApp, string>>
  /** The apps to deploy: all, or one that is deployed again. */
  readonly apps: readonly DeployApp[]
  /** The study's file; undefined: free play. */
  readonly study: { readonly name: string; readonly text: string } | undefined
  /** The folder for generated files. */
  readonly folder: string
  /**
   * The server's secrets by variable name. They never appear in a command line, a log, or a file that others can read.
   */
  readonly secrets: Readonly<Record<string, string>>
  /** In the order in which they are tried; empty: the provider chooses. */
  readonly regions: readonly string[]
  /** The version of paracosm. */
  readonly version: string
}

export interface DeployStep {
  readonly signal: AbortSignal
  /** Reports the current action. */
  readonly tell: (what: string) => void
}

export interface Provider {
  /** Creates or updates the apps. @returns the URL of the server @throws AppError DEPLOY_FAILED */
  deploy(deployment: Deployment, step: DeployStep): Promise<{ readonly url: string }>
  /** Removes the apps and their data. @throws AppError DEPLOY_FAILED */
  destroy(names: Deployment['names'], step: DeployStep): Promise<void>
}

/** Replaces runs of characters outside a-z and 0-9 with dashes; empty: the name has no such characters. */
export const slugOf = (name: string): string =>
  name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')

/** The port of the server, inside its container or machine. */
export const SERVER_PORT = 8000
/** The path of the study's file, inside the server's container or machine. */
export const STUDY_PATH = '/study/study.yml'

/** The server's command line. Secrets are in its environment instead. */
export function serveCommand({ study }: Pick<Deployment, 'study'>, more: readonly string[]): string[] {
  const offered = study ? ['--experiment', STUDY_PATH, '--default-experiment', study.name] : ['--free-play']
  return [
    'paracosm',
    'serve',
    '--host',
    '0.0.0.0',
    '--port',
    String(SERVER_PORT),
    '--no-showcase',
    '--remote-managed',
    ...offered,
    ...more,
  ]
}
