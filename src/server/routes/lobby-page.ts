// The frame of the pages of hosted games: plain HTML that works without scripts, in the colours of the reader's system.
import type { FastifyReply } from 'fastify'

export interface LobbyPage {
  readonly title: 'Lobby' | 'Join' | 'Game'
  /** HTML. */
  readonly body: string
  /** Seconds until the browser asks again; undefined: it does not. */
  readonly refresh?: number | undefined
}

const HEADINGS: Readonly<Record<LobbyPage['title'], string>> = {
  Lobby: 'Hosted game',
  Join: 'Join the hosted game',
  Game: 'Hosted game',
}

export function sendPage(reply: FastifyReply, { title, body, refresh }: LobbyPage): FastifyReply {
  const again = refresh === undefined ? '' : `<meta http-equiv="refresh" content="${refresh}">`
  return (
    reply
      .type('text/html; charset=utf-8')
      .header('cache-control', 'no-store')
      // Without a referrer policy of its own, a browser sends the form of a page with the origin `null`, which is refused.
      .header('referrer-policy', 'same-origin')
      .send(`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">${again}
<title>${title} · hosted game</title><link rel="icon" type="image/svg+xml" href="/icon.svg"><link rel="stylesheet" href="/hosted/lobby.css"></head>
<body><main><h1>${HEADINGS[title]}</h1>${body}</main></body></html>`)
  )
}

export const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`)

/** A message of an error as a sentence. */
export const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`

export const STYLE = `:root { color-scheme: light dark; --bg: light-dark(#f6f7f9, #14171c); --panel: light-dark(#ffffff, #1d2229);
  --ink: light-dark(#1b2027, #eceff3); --soft: light-dark(#586170, #a3adba); --line: light-dark(#d5dae1, #343b45);
  --accent: light-dark(#0b5fad, #6cb4ff); --accent-ink: light-dark(#ffffff, #0c1a29); font: 16px / 1.5 system-ui, sans-serif; }
* { box-sizing: border-box; }
body { margin: 0; background: var(--bg); color: var(--ink); }
main { max-width: 34rem; margin: 2rem auto; padding: 1.5rem; background: var(--panel); border: 1px solid var(--line); border-radius: 0.5rem; }
h1 { margin-top: 0; font-size: 1.4rem; }
table { width: 100%; border-collapse: collapse; }
th, td { padding: 0.5rem; text-align: left; border-bottom: 1px solid var(--line); overflow-wrap: anywhere; }
label { display: block; margin-bottom: 0.75rem; }
input { display: block; width: 100%; min-height: 44px; padding: 0.5rem; font: inherit; color: inherit; background: var(--bg); border: 1px solid var(--soft); border-radius: 0.25rem; }
a { color: var(--accent); }
.soft { color: var(--soft); }
.links { display: flex; flex-wrap: wrap; gap: 1rem; align-items: center; }
.links a:not(.button) { display: inline-flex; align-items: center; min-height: 44px; }
.links form { margin: 0; }
.button { display: inline-block; min-height: 44px; padding: 0.6rem 1.2rem; font: inherit; color: var(--accent-ink); background: var(--accent); border: 0; border-radius: 0.25rem; text-decoration: none; cursor: pointer; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
`
