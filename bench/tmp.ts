import { resume, throughput } from './sessions.bench.ts'

const r = (row: unknown) => console.log(JSON.stringify(row))
await throughput(r)
await resume(r)
