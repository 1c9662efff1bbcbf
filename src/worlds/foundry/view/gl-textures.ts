// Textures drawn once on a canvas: the letters of items and the icons of states. Only their alpha is used; shaders
// colour them.
import { CanvasTexture, LinearFilter, type Texture } from 'three'
import { at } from '../../../kernel/at.ts'
import { ITEMS } from '../catalogue.ts'

const SIDE = 64

/** One symbol per item, in catalogue order: Fe, Cu, C, … */
export const LETTERS: Readonly<Record<(typeof ITEMS)[number], string>> = {
  iron_ore: 'i',
  copper_ore: 'c',
  coal: 'k',
  iron_plate: 'I',
  copper_plate: 'C',
  gear: 'G',
  cable: 'W',
  circuit: 'E',
}

export function letterTexture(): Texture {
  return drawTiles(ITEMS.length, (context, index) => {
    context.font = `600 ${SIDE * 0.72}px system-ui, sans-serif`
    context.textAlign = 'center'
    context.textBaseline = 'middle'
    const item = ITEMS[index]
    if (item) context.fillText(LETTERS[item], SIDE / 2, SIDE * 0.54)
  })
}

/** By index in STATES: the icon above a part in that state. */
const ICONS: readonly string[] = [
  'M24 20v24M40 20v24',
  'M24 26a8 8 0 1 1 12 7c-3 2-4 3-4 7M32 47v1',
  'M36 12L20 36h12l-4 16 16-24H32z',
  'M36 12L20 36h12l-4 16 16-24H32z',
  'M22 34V22a3 3 0 0 1 6 0V16a3 3 0 0 1 6 0v4a3 3 0 0 1 6 0v6a3 3 0 0 1 5 0v12c0 8-5 12-11 12-7 0-9-4-12-10z',
  'M22 22l20 20M42 22L22 42',
  'M20 40a8 8 0 0 1 2-15 11 11 0 0 1 21 3 6 6 0 0 1-1 12z',
  '',
  '',
]

export function iconTexture(): Texture {
  return drawTiles(ICONS.length, (context, index) => {
    const path = new Path2D(at(ICONS, index))
    context.lineWidth = 5
    context.lineCap = 'round'
    context.lineJoin = 'round'
    if (index === 2 || index === 3 || index === 4 || index === 6) context.fill(path)
    context.stroke(path)
  })
}

function drawTiles(count: number, draw: (context: CanvasRenderingContext2D, index: number) => void): Texture {
  const canvas = document.createElement('canvas')
  canvas.width = SIDE * count
  canvas.height = SIDE
  const context = canvas.getContext('2d')
  for (let index = 0; context && index < count; index++) {
    context.save()
    context.translate(index * SIDE, 0)
    draw(context, index)
    context.restore()
  }
  const texture = new CanvasTexture(canvas)
  texture.minFilter = LinearFilter
  texture.generateMipmaps = false
  return texture
}
