// Files inside a report that its reader can save.
import { text } from './html.ts'

export interface Download {
  readonly name: string
  readonly content: string | Uint8Array
}

/** A button for each file. */
export function downloads(files: readonly Download[]): string {
  return files
    .map(({ name, content }, index) => {
      const id = `download-${index}-${name.replaceAll(/[^A-Za-z0-9-]/g, '-')}`
      const data = Buffer.from(content).toString('base64')
      return `<p><button type="button" class="download" data-download="${id}" data-name="${text(name)}">${text(name)}</button></p><script type="text/plain" id="${id}">${data}</script>`
    })
    .join('')
}
