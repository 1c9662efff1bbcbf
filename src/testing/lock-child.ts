// Takes the lock of a folder, prints `locked` or the error code, and holds it until it is killed or its input ends.
import { AppError } from '../kernel/errors.ts'
import { lockFolder } from '../lib/folder-lock.ts'

const [, , folder = ''] = process.argv
try {
  const lock = await lockFolder(folder)
  process.stdout.write('locked\n')
  process.stdin.on('end', () => lock.release()).resume()
} catch (error) {
  process.stdout.write(`${error instanceof AppError ? error.code : String(error)}\n`)
}
