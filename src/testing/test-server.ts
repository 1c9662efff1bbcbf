// Options that servers in tests share: reachable from this machine only, on any free port, with nothing that plays by itself.
export const TEST_SERVER = { host: '127.0.0.1', port: 0, otherPorts: 0, hasShowcase: false } as const
