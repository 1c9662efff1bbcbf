/** Arguments of a server that is measured: a free port, and nothing that plays or limits by itself. */
export const SERVE: readonly string[] = ['serve', '--port', '0', '--no-showcase', '--no-rate-limits', '--log', 'error']
