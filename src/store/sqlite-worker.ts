// The thread of a SQLite store: opens the given file, runs queries one by one, and ends on null.
import { parentPort, workerData } from 'node:worker_threads'
import { SqliteConnection, type SqliteResult, type SqliteStatement } from './sqlite-connection.ts'

export interface SqliteQuestion {
  readonly statements: readonly SqliteStatement[]
  /** In one transaction. */
  readonly isBatch: boolean
}

export type SqliteAnswer =
  | { readonly ok: true; readonly results: SqliteResult[] }
  | { readonly ok: false; readonly message: string; readonly errcode?: number | undefined }

function answer(work: () => SqliteResult[]): SqliteAnswer {
  try {
    return { ok: true, results: work() }
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    const errcode =
      error instanceof Error && 'errcode' in error && typeof error.errcode === 'number' ? error.errcode : undefined
    return { ok: false, message, errcode }
  }
}

function serve(port: NonNullable<typeof parentPort>): void {
  const opened: SqliteConnection[] = []
  port.postMessage(
    answer(() => {
      opened.push(new SqliteConnection(workerData))
      return []
    }),
  )
  const [connection] = opened
  if (!connection) return
  port.on('message', (question: SqliteQuestion | null) => {
    if (question === null) {
      connection.close()
      port.close()
      return
    }
    const { statements, isBatch } = question
    port.postMessage(
      answer(() => (isBatch ? connection.batch(statements) : statements.map((each) => connection.run(each)))),
    )
  })
}

if (parentPort) serve(parentPort)
