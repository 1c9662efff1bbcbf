// Draws paint-arena on a canvas. Owners differ by colour and by pattern, so that nobody has to distinguish colours.
import { numberOf, numbers, type Snapshot } from './snapshot.ts'

const COLOURS = ['#0072b2', '#e69f00', '#009e73', '#cc79a7'] as const

export function isPaint(snapshot: Snapshot): boolean {
  return Array.isArray(snapshot.tile_owners) && Array.isArray(snapshot.positions)
}

export function drawPaint(canvas: HTMLCanvasElement, snapshot: Snapshot, own: number | undefined): void {
  const width = Math.max(1, numberOf(snapshot.width))
  const height = Math.max(1, numberOf(snapshot.height))
  // A tall field must not push the controls off the screen.
  canvas.style.maxWidth = `calc(72vh * ${width / height})`
  const tile = Math.max(4, Math.floor(((canvas.clientWidth || 600) * devicePixelRatio) / width))
  if (canvas.width !== tile * width || canvas.height !== tile * height) {
    canvas.width = tile * width
    canvas.height = tile * height
  }
  const pen = canvas.getContext('2d')
  if (!pen) return
  const isDark = matchMedia('(prefers-color-scheme: dark)').matches
  pen.fillStyle = isDark ? '#262c35' : '#eceff3'
  pen.fillRect(0, 0, canvas.width, canvas.height)
  const owners = numbers(snapshot.tile_owners)
  for (const [index, owner] of owners.entries()) {
    if (owner >= 0) drawTile(pen, { x: (index % width) * tile, y: Math.floor(index / width) * tile, tile, owner })
  }
  pen.strokeStyle = isDark ? '#14171c' : '#ffffff'
  pen.lineWidth = Math.max(1, tile / 24)
  pen.beginPath()
  for (let x = 0; x <= width; x++) {
    pen.moveTo(x * tile, 0)
    pen.lineTo(x * tile, canvas.height)
  }
  for (let y = 0; y <= height; y++) {
    pen.moveTo(0, y * tile)
    pen.lineTo(canvas.width, y * tile)
  }
  pen.stroke()
  const positions = Array.isArray(snapshot.positions) ? snapshot.positions : []
  for (const [slot, position] of positions.entries()) {
    const [x = 0, y = 0] = numbers(position)
    drawPainter(pen, { x: x * tile, y: y * tile, tile, slot, isOwn: slot === own })
  }
}

function drawTile(pen: CanvasRenderingContext2D, at: { x: number; y: number; tile: number; owner: number }): void {
  const { x, y, tile, owner } = at
  pen.fillStyle = COLOURS[owner % 4] ?? '#888'
  pen.fillRect(x, y, tile, tile)
  if (owner % 4 === 0 || tile < 10) return
  pen.strokeStyle = 'rgba(255, 255, 255, 0.35)'
  pen.lineWidth = Math.max(1, tile / 12)
  pen.beginPath()
  if (owner % 4 === 1) {
    pen.moveTo(x, y + tile)
    pen.lineTo(x + tile, y)
  } else if (owner % 4 === 2) pen.arc(x + tile / 2, y + tile / 2, tile / 6, 0, Math.PI * 2)
  else {
    pen.moveTo(x + tile / 2, y + tile / 4)
    pen.lineTo(x + tile / 2, y + (3 * tile) / 4)
    pen.moveTo(x + tile / 4, y + tile / 2)
    pen.lineTo(x + (3 * tile) / 4, y + tile / 2)
  }
  pen.stroke()
}

function drawPainter(
  pen: CanvasRenderingContext2D,
  at: { x: number; y: number; tile: number; slot: number; isOwn: boolean },
): void {
  const { x, y, tile, slot } = at
  pen.beginPath()
  pen.arc(x + tile / 2, y + tile / 2, tile * 0.36, 0, Math.PI * 2)
  pen.fillStyle = '#ffffff'
  pen.fill()
  pen.lineWidth = Math.max(2, tile / (at.isOwn ? 8 : 14))
  pen.strokeStyle = '#10141a'
  pen.stroke()
  if (tile < 12) return
  pen.fillStyle = '#10141a'
  pen.font = `700 ${Math.round(tile * 0.42)}px system-ui, sans-serif`
  pen.textAlign = 'center'
  pen.textBaseline = 'middle'
  pen.fillText(String(slot), x + tile / 2, y + tile / 2 + tile * 0.03)
}
