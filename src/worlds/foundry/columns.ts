// Columns of the tables: typed arrays that grow by copying.

/** A copy of a column with room for at least `rows`. */
export function grown<T extends Uint8Array | Uint16Array | Int16Array | Int32Array>(
  column: T,
  make: (rows: number) => T,
  rows: number,
): T {
  const copy = make(rows)
  copy.set(column)
  return copy
}

export const bytes = (rows: number): Uint8Array => new Uint8Array(rows)
export const shorts = (rows: number): Uint16Array => new Uint16Array(rows)
export const longs = (rows: number): Int32Array => new Int32Array(rows)
