// A worker process for crash tests: opens the store whose target is given as JSON, prints `begun <id>` for each job,
// and never completes one. It runs until it is killed.
import { JobWorker } from '../host/jobs.ts'
import { JobQueue } from '../store/jobs/job-queue.ts'
import { openStore, type StoreTarget } from '../store/store.ts'

const [, , target = '{}', leaseMs = '1000'] = process.argv
const parsed: StoreTarget = JSON.parse(target)
const store = await openStore(parsed)
const worker = new JobWorker({
  queue: new JobQueue(store),
  name: `child-${process.pid}`,
  handlers: new Map([
    [
      'q',
      async (job, { report }) => {
        report('begun by the child')
        process.stdout.write(`begun ${job.id}\n`)
        await new Promise((resolve) => setTimeout(resolve, 600_000))
        return 'never'
      },
    ],
  ]),
  onFault: (error) => process.stderr.write(`${String(error)}\n`),
  concurrency: 2,
  leaseMs: Number(leaseMs),
})
worker.start()
