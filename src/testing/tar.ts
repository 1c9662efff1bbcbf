// Builds tar archives by hand, including malformed ones that no tar program would produce.

interface Member {
  readonly path: string
  readonly data?: string | Uint8Array
  /** The type flag; default: a file. */
  readonly type?: string
  readonly link?: string
}

/** A ustar archive of these members, in order. */
export function tarOf(members: readonly Member[]): Buffer {
  const parts: Buffer[] = []
  for (const { path, data = '', type = '0', link = '' } of members) {
    const bytes = Buffer.from(data)
    const header = Buffer.alloc(512)
    header.write(path, 0, 100)
    header.write('0000644\0', 100)
    header.write(`${bytes.length.toString(8).padStart(11, '0')}\0`, 124)
    header.write('00000000000\0', 136)
    header.write(' '.repeat(8), 148)
    header.write(type, 156)
    header.write(link, 157, 100)
    header.write('ustar\u000000', 257)
    const sum = header.reduce((total, byte) => total + byte, 0)
    header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
    parts.push(header, bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512))
  }
  return Buffer.concat([...parts, Buffer.alloc(1024)])
}
