// Why a program ended, as far as its log says.

const NODE_VERSION = /^Node\.js v\d/
/** The first line of an uncaught error's stack. */
const THROWN = /^(?:Uncaught )?[A-Z]\w*(?:Error|Exception)?(?: \[\w+\])?: \S/

/**
 * The line of a log that says why its program ended: usually the last one. Node prints the stack, the properties of the
 * error and its own version after it.
 * @param log the end of a log, or all of it
 * @returns '' for an empty log
 * @example causeIn('Error: no map\n    at main.js:1:7\n\nNode.js v24.0.0\n') // 'Error: no map'
 */
export function causeIn(log: string): string {
  const lines = log.split('\n').filter((line) => line.trim() !== '')
  const last = lines.at(-1) ?? ''
  return (NODE_VERSION.test(last) ? lines.findLast((line) => THROWN.test(line)) : undefined) ?? last
}
