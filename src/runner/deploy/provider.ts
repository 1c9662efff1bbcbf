// Where a server is deployed: one interface for every provider.

export const DEPLOY_APPS = ['db', 'api'] as const
export type DeployApp = (typeof DEPLOY_APPS)[number]

export interface Deployment {
  /** Lower-case letters, digits and dashes. */
  readonly slug: string
  readonly names: Readonly<Record<DeployApp, string>>
  /** Which of them; all, or one that is deployed again. */
  readonly apps: readonly DeployApp[]
  /** The study's file; undefined: free play. */
  readonly study: { readonly name: string; readonly text: string } | undefined
  /** The folder of the files that are made. */
  readonly folder: string
  /** Of the server, by the names of its variables. They never stand in a command line, a log, or a file that others read. */
  readonly secrets: Readonly<Record<string, string>>
  /** In the order in which they are tried; empty: the provider chooses. */
  readonly regions: readonly string[]
  /** Of paracosm. */
  readonly version: string
}

export interface DeployStep {
  readonly signal: AbortSignal
  /** Says what is done now. */
  readonly tell: (what: string) => void
}

export interface Provider {
  /** Makes or renews the apps. @returns where the server answers @throws AppError DEPLOY_FAILED */
  deploy(deployment: Deployment, step: DeployStep): Promise<{ readonly url: string }>
  /** Removes the apps with their data. @throws AppError DEPLOY_FAILED */
  destroy(names: Deployment['names'], step: DeployStep): Promise<void>
}

/** Runs of characters outside of a-z and 0-9 become dashes; empty: the name has none of them. */
export const slugOf = (name: string): string =>
  name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')

/** The port of the server, inside of what it runs in. */
export const SERVER_PORT = 8000
/** Where the study's file is, inside of what the server runs in. */
export const STUDY_PATH = '/study/study.yml'

/** The server's command line. Secrets are in its environment. */
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
