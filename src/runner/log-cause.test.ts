import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { test } from 'node:test'
import { causeIn } from './log-cause.ts'

const logOf = (code: string): string => spawnSync(process.execPath, ['-e', code], { encoding: 'utf8' }).stderr

test('cause in a log: of an uncaught error of Node its message, not the version that Node prints last', () => {
  assert.equal(causeIn(logOf("console.error('loading'); throw new TypeError('no map')")), 'TypeError: no map')
  const odd = "require('node:fs').symlinkSync('/a', '/')"
  assert.match(causeIn(logOf(odd)), /^Error: EEXIST: file already exists, symlink '\/a' -> '\/'$/)
  assert.match(causeIn(logOf("require('node:fs').readFileSync(1.5)")), /^TypeError \[ERR_INVALID_ARG_TYPE\]: /)
})

test('cause in a log: of other programs the last line, and nothing of an empty log', () => {
  assert.equal(causeIn('Traceback\n  File "game.py"\nValueError: no map\n\n'), 'ValueError: no map')
  assert.equal(causeIn(logOf("console.error('no counting today'); process.exit(9)")), 'no counting today')
  // Thrown, but no error.
  assert.match(causeIn(logOf("throw 'a text'")), /^Node\.js v/)
  assert.equal(causeIn(' \n\n'), '')
})
