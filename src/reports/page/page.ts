// Formats a report as one HTML file.
import { SCRIPT, STYLE } from './assets.ts'
import { text } from './html.ts'

export interface PageSection {
  readonly slug: string
  readonly title: string
  /** The side bar heading of the section; absent: none. */
  readonly group?: string | undefined
  readonly body: string
}

export interface PageOptions {
  readonly title: string
  readonly sections: readonly PageSection[]
  /** Additional content of the body, after the sections. */
  readonly extra?: string
}

function navigation(sections: readonly PageSection[]): string {
  let group: string | undefined
  return sections
    .map((section) => {
      const label =
        section.group !== undefined && section.group !== group ? `<strong>${text(section.group)}</strong>` : ''
      group = section.group
      return `${label}<a href="#${section.slug}">${text(section.title)}</a>`
    })
    .join('')
}

/** The file in parts, so that a large one need not be a single string. */
export function pageParts({ title, sections, extra = '' }: PageOptions): string[] {
  return [
    `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${text(title)}</title><style>${STYLE}</style></head><body><nav aria-label="Sections">${navigation(sections)}</nav><main><h1>${text(title)}</h1>`,
    ...sections.map(({ slug, title: name, body }) => `<section id="${slug}"><h2>${text(name)}</h2>${body}</section>`),
    `${extra}</main><script>${SCRIPT}</script></body></html>\n`,
  ]
}
