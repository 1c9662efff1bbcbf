// Reads the recorded answers of the published commissioners, and compares as their README says.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

export interface Vector {
  readonly id: string
  readonly kind: string
  readonly class: 'core' | 'property' | 'edge' | 'disagreement'
  readonly note?: string
  readonly input: any
  readonly expect: any
}

const FOLDER = join(import.meta.dirname, '..', 'fixtures', 'leagues')

/** @param isShort whether `@1a2b3c4d` stands for a UUID */
export function readVectors(file: string, isShort: boolean): Vector[] {
  return readFileSync(join(FOLDER, `${file}.jsonl`), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) =>
      JSON.parse(isShort ? line.replace(/@([0-9a-f]{8})(?![0-9a-f])/g, '$1-0000-4000-8000-000000000000') : line),
    )
}

/** Equal as the README says: numbers within 1e-9, a missing key for null or an empty list, the order of keys free. */
export function same(found: any, wanted: any, path = '$'): void {
  if (typeof wanted === 'number' && typeof found === 'number') {
    const within = 1e-9 * Math.max(1, Math.abs(wanted))
    assert.ok(Math.abs(found - wanted) <= within, `${path}: ${found} is not ${wanted}`)
    return
  }
  if (Array.isArray(wanted)) {
    assert.ok(Array.isArray(found), `${path}: ${JSON.stringify(found)} is not a list`)
    assert.equal(found.length, wanted.length, `${path}: ${JSON.stringify(found)} is not ${JSON.stringify(wanted)}`)
    for (const [index, each] of wanted.entries()) same(found[index], each, `${path}[${index}]`)
    return
  }
  if (wanted !== null && typeof wanted === 'object') {
    assert.ok(found !== null && typeof found === 'object', `${path}: ${JSON.stringify(found)}`)
    for (const key of new Set([...Object.keys(wanted), ...Object.keys(found)])) {
      const [one, other] = [found[key] ?? null, wanted[key] ?? null]
      if (isNothing(one) && isNothing(other)) continue
      same(one, other, `${path}.${key}`)
    }
    return
  }
  assert.ok(
    Object.is(found, wanted) || (found === 0 && wanted === 0),
    `${path}: ${JSON.stringify(found)} is not ${JSON.stringify(wanted)}`,
  )
}

const isNothing = (value: unknown): boolean => value === null || (Array.isArray(value) && value.length === 0)

/** A reproducible random draw. */
export function testDraw(seed = 1): (bound: number) => number {
  let state = seed
  return (bound) => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0
    return Math.floor((state / 2 ** 32) * bound)
  }
}

/** Runs every vector, collects what fails, and reports all at once. */
export function runVectors(vectors: readonly Vector[], run: (vector: Vector) => void): void {
  const failed: string[] = []
  for (const vector of vectors) {
    try {
      run(vector)
    } catch (error) {
      failed.push(`${vector.id} (${vector.class}): ${(error as Error).message.split('\n').slice(0, 3).join(' ')}`)
    }
  }
  assert.deepEqual(failed, [])
}
