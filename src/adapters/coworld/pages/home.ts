// The list of episodes, read from the API every two seconds while the page is looked at.

type Row = Record<string, unknown>

const EVERY_MS = 2000
const STEP = 20
let shown = STEP

const isRow = (value: unknown): value is Row => typeof value === 'object' && value !== null && !Array.isArray(value)
const rows = (value: unknown): Row[] => (Array.isArray(value) ? value.filter(isRow) : [])

function find(id: string): HTMLElement {
  const element = document.getElementById(id)
  if (element) return element
  throw new Error(`the page has no ${id}`)
}

function make(tag: string, text = '', attributes: Record<string, string> = {}): HTMLElement {
  const element = document.createElement(tag)
  element.textContent = text
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value)
  return element
}

function titleOf(episode: Row): string {
  const world = isRow(episode.world) ? String(episode.world.id) : 'unreadable'
  return typeof episode.variant === 'string' ? `${world} · ${episode.variant}` : world
}

function standing(episode: Row): HTMLElement {
  const scores =
    isRow(episode.results) && Array.isArray(episode.results.scores) ? episode.results.scores.map(Number) : []
  const top = Math.max(...scores)
  const box = make('div', '', { class: 'versus' })
  for (const [slot, player] of rows(episode.players).entries()) {
    const line = make('span', '', scores[slot] === top && scores.length > 1 ? { class: 'leader' } : {})
    line.append(make('span', String(player.name)), make('span', String(scores[slot] ?? '')))
    box.append(line)
  }
  return box
}

function card(episode: Row): HTMLElement {
  const item = make('li')
  const link = make('a', '', { class: 'card', href: `/episodes/${episode.id}/clients/global` })
  link.append(
    make('strong', titleOf(episode)),
    make('span', `tick ${episode.steps}`, { class: 'status' }),
    standing(episode),
  )
  item.append(link)
  return item
}

function finishedRow(episode: Row): HTMLElement {
  const row = make('tr')
  const match = make('td')
  match.append(make('a', titleOf(episode), { href: `/episodes/${episode.id}/clients/replay` }))
  const players = make('td')
  players.append(standing(episode))
  const started = make('td', new Date(String(episode.started_at)).toLocaleString())
  const files = make('td')
  const base = `/api/episodes/${episode.id}`
  files.append(
    make('a', 'journal', { href: `${base}/journal.jsonl` }),
    ' · ',
    make('a', 'replay', { href: `${base}/replay.json` }),
    ' · ',
    make('a', 'results', { href: `${base}/results.json` }),
  )
  row.append(match, players, make('td', `${episode.steps} ticks`), started, files)
  return row
}

/** Replaces the rows, unless somebody is in the middle of them with the keyboard. */
function fill(list: HTMLElement, items: readonly HTMLElement[]): void {
  if (list.contains(document.activeElement)) return
  list.replaceChildren(...items)
}

async function read(query: string): Promise<{ entries: Row[]; total: number }> {
  const response = await fetch(`/api/episodes?${query}`)
  const page: unknown = await response.json()
  return isRow(page) ? { entries: rows(page.entries), total: Number(page.total_count) } : { entries: [], total: 0 }
}

async function refresh(): Promise<void> {
  try {
    const [live, finished] = await Promise.all([read('status=live&limit=60'), read(`status=finished&limit=${shown}`)])
    fill(find('live'), live.entries.map(card))
    fill(find('finished'), finished.entries.map(finishedRow))
    find('no-live').hidden = live.total > 0
    find('no-finished').hidden = finished.total > 0
    find('more').hidden = finished.total <= shown
    find('status').textContent = `${live.total} live, ${finished.total} finished`
  } catch {
    find('status').textContent = 'The server does not answer; trying again.'
  }
}

async function keepFresh(): Promise<void> {
  for (;;) {
    if (!document.hidden) await refresh()
    await new Promise((resolve) => setTimeout(resolve, EVERY_MS))
  }
}

find('more').addEventListener('click', () => {
  shown += STEP
  void refresh()
})
void keepFresh()
