// Screen positions of foundry cells, and a mouse that clicks and drags there.
import type { Page } from 'playwright-core'

export type Cell = readonly [x: number, y: number, z: number]

/** Window position of the centre of a cell's floor, according to the view. */
export function placeOf(page: Page, cell: Cell): Promise<[number, number]> {
  return page.evaluate(async ([x, y, z]) => {
    // What has just come is drawn in the next frame, and so is its place.
    for (let frames = 0; frames < 2; frames++) await new Promise(requestAnimationFrame)
    const host = document.querySelector<HTMLElement>('.fv-stage')
    const box = host?.querySelector('canvas')?.getBoundingClientRect()
    if (!host || !box) throw new Error('no picture')
    if (host.dataset.plan) {
      const [cell = 1, left = 0, top = 0] = host.dataset.plan.split(' ').map(Number)
      return [box.left + left + (x + 0.5) * cell, box.top + top + (z + 0.5) * cell]
    }
    const m = (host.dataset.matrix ?? '').split(' ').map(Number)
    const at = [x + 0.5, y, z + 0.5, 1]
    const row = (r: number): number => at.reduce((sum, each, c) => sum + each * (m[c * 4 + r] ?? 0), 0)
    return [box.left + ((row(0) / row(3) + 1) / 2) * box.width, box.top + ((1 - row(1) / row(3)) / 2) * box.height]
  }, cell)
}

export async function clickCell(page: Page, cell: Cell): Promise<void> {
  const [x, y] = await placeOf(page, cell)
  await page.mouse.move(x, y)
  await page.mouse.down()
  await page.mouse.up()
}

export async function dragCells(page: Page, from: Cell, to: Cell): Promise<void> {
  await page.mouse.move(...(await placeOf(page, from)))
  await page.mouse.down()
  await page.mouse.move(...(await placeOf(page, to)), { steps: 6 })
  await page.mouse.up()
}
