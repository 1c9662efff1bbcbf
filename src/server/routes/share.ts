// One episode as one HTML file that works offline and verifies itself: journal, world, view and page together.
import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod'
import type { JournalFile } from '../../episode/journal-file.ts'
import type { EpisodeService } from '../../host/episode-service.ts'
import { AppError } from '../../kernel/errors.ts'
import { closingStream } from '../journal-stream.ts'
import type { WebApp } from '../web-app.ts'
import { EpisodeParams } from './episodes.ts'

interface Options {
  readonly episodes: EpisodeService
  readonly web: WebApp | undefined
}

/** Maximum bytes of a journal in a shared file: a phone can still open it. */
const MAX_JOURNAL_BYTES = 32 * 1024 * 1024

/** The file may run its own code and load nothing. */
const POLICY =
  "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:; font-src data:; base-uri 'none'; form-action 'none'"

const escapeHtml = (text: string): string => text.replace(/[&<>"]/g, (each) => `&#${each.charCodeAt(0)};`)
/** A script ends at its closing tag, also inside a string; `<!--` begins a comment in it. */
const escapeScript = (text: string): string => text.replaceAll(/<(?=\/script|!--)/gi, '\\x3c')

export const shareRoutes: FastifyPluginCallbackZod<Options> = (app, { episodes, web }, done) => {
  app.get(
    '/api/episodes/:id/share.html',
    {
      schema: {
        summary: 'A recorded episode as one HTML file that works offline and verifies itself',
        tags: ['artefacts'],
        params: EpisodeParams,
      },
    },
    async ({ params }, reply) => {
      const { status, world, players } = await episodes.find(params.id)
      if (status === 'live') {
        throw new AppError('NOT_FOUND', `episode ${params.id} is live and cannot be shared yet`, {
          hint: 'Share it after it has ended.',
        })
      }
      const script = web?.file(`/share/${world?.id}.js`)
      if (!script) {
        throw new AppError('NOT_FOUND', `Episodes of ${world?.id ?? 'an unreadable journal'} have no page to share.`, {
          hint: 'Download the journal; paracosm replay shows and verifies it.',
        })
      }
      const style = web?.file(`/share/${world?.id}.css`)?.bytes.toString('utf8') ?? ''
      const title = `${players.map(({ name }) => name).join(', ')} · ${world?.id}`
      const file = await episodes.readJournal(params.id)
      if (file.size > MAX_JOURNAL_BYTES) {
        await file.close()
        throw new AppError('FILE_TOO_LARGE', `the journal of ${params.id} is too long for one page`, {
          hint: 'Download the journal; paracosm replay shows and verifies it.',
        })
      }
      return reply
        .type('text/html; charset=utf-8')
        .header('content-disposition', `attachment; filename="${params.id}.html"`)
        .send(closingStream(file, page({ title, style, script: script.bytes.toString('utf8') }, file)))
    },
  )
  done()
}

/** The page in parts: a viewer who reads slowly keeps a part of it in memory, not all of it. */
async function* page(
  { title, style, script }: { readonly title: string; readonly style: string; readonly script: string },
  file: JournalFile,
): AsyncGenerator<string> {
  yield `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark"><meta http-equiv="Content-Security-Policy" content="${POLICY}"><title>${escapeHtml(title)}</title><style>${style.replaceAll('</style', '<\\/style')}</style></head><body><div id="app"></div><script type="application/json" id="journal">[`
  let isFirst = true
  for await (const batch of file.lines()) {
    yield `${isFirst ? '' : ','}${JSON.stringify(batch).slice(1, -1).replaceAll('<', '\\u003c')}`
    isFirst = false
  }
  yield `]</script><script type="module">${escapeScript(script)}</script></body></html>`
}
