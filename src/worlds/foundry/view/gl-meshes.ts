// The meshes of the foundry: parts, items, state marks, clouds, preview and outline. Buffers are refilled only when the
// data they show has changed.
import {
  AlwaysStencilFunc,
  GLSL3,
  NotEqualStencilFunc,
  type Object3D,
  ReplaceStencilOp,
  ShaderMaterial,
  type Texture,
  Vector3,
} from 'three'
import { read } from '../../../kernel/view/read.ts'
import { PARTS } from '../catalogue.ts'
import { cellToPoint } from '../geometry.ts'
import { COLOURS } from './boxes.ts'
import { InstancedCubes } from './gl-boxes.ts'
import { createMarks, type MarkMesh } from './gl-marks.ts'
import { letterTexture } from './gl-textures.ts'
import {
  addForm,
  addPart,
  BoxList,
  buildItems,
  buildParts,
  type Instances,
  ITEM_STRIDE,
  PathCache,
  STRIDE,
} from './instances.ts'
import { rowOfId } from './layout.ts'
import type { Palette, Rgb } from './palette.ts'
import type { Scene } from './scene.ts'
import { BOX_FRAGMENT, BOX_VERTEX, ITEM_FRAGMENT, ITEM_VERTEX, TINT_FRAGMENT } from './shaders.ts'
import type { Look, PreviewPart } from './stage.ts'

/** Side of an item's cube, in cells: slightly less than the length of belt it occupies. */
const ITEM_SIDE = 0.36
/** Width of an outline, in pixels. */
const OUTLINE = 3.5
/** Contamination in a cell at which its cloud is thickest. */
const THICKEST = 240

const vector = ([r, g, b]: Rgb): Vector3 => new Vector3(r, g, b)

export class Meshes {
  readonly #parts: InstancedCubes
  readonly #mask: InstancedCubes
  readonly #outline: InstancedCubes
  readonly #preview: InstancedCubes
  readonly #air: InstancedCubes
  readonly #items: InstancedCubes
  readonly #marks: MarkMesh
  readonly #letters: Texture = letterTexture()
  readonly #paths = new PathCache()
  #look: Look | undefined
  #built: Instances = NONE

  constructor(add: (thing: Object3D) => void) {
    this.#parts = createBoxMesh(BOX_FRAGMENT, 0)
    this.#mask = createBoxMesh(TINT_FRAGMENT, 5)
    this.#outline = createBoxMesh(TINT_FRAGMENT, 6)
    asMask(this.#mask, this.#outline)
    this.#preview = createBoxMesh(TINT_FRAGMENT, 3)
    this.#air = createBoxMesh(TINT_FRAGMENT, 2)
    setForm(this.#mask, 0, 1)
    setForm(this.#outline, 0, 1)
    setForm(this.#preview, 1, 0.3)
    setForm(this.#air, 2, 1)
    this.#items = createItemMesh(this.#letters)
    this.#marks = createMarks()
    for (const mesh of [this.#parts, this.#mask, this.#outline, this.#preview, this.#air, this.#items]) add(mesh.mesh)
    add(this.#marks.mesh)
  }

  get hasMoving(): boolean {
    return this.#items.count > 0
  }

  paint(palette: Palette): void {
    const materials = palette.materials.map(vector)
    const boxes = this.#parts.material.uniforms
    boxes.uColours = { value: materials }
    boxes.uSeam = { value: vector(palette.seam) }
    boxes.uGrid = { value: vector(palette.grid) }
    boxes.uChevron = { value: vector(palette.chevron) }
    boxes.uPowers = { value: [palette.muted, palette.ok, palette.warn, palette.no].map(vector) }
    const items = this.#items.material.uniforms
    items.uColours = { value: materials }
    items.uSeam = { value: vector(palette.surface) }
    this.#outline.material.uniforms.uTint = { value: vector(palette.here) }
    this.#preview.material.uniforms.uTint = { value: vector(palette.ok) }
    this.#preview.material.uniforms.uTintTwo = { value: vector(palette.no) }
    this.#air.material.uniforms.uTint = { value: vector(palette.air) }
    this.#marks.paint(palette)
  }

  show(scene: Scene, before: Scene | undefined, look: Look): void {
    const was = this.#look
    this.#look = look
    const isBuilt = scene.layout !== before?.layout || scene.deposits.length !== before.deposits.length
    if (isBuilt) {
      this.#built = buildParts(scene)
      fill(this.#parts, this.#built)
    }
    const overlay = look.overlay === 'power' ? 1 : look.overlay === 'air' ? 2 : 0
    this.#parts.material.uniforms.uOverlay = { value: overlay }
    this.#parts.material.uniforms.uHover = { value: rowOfId(scene.layout, look.hovered) + 1 || -9 }
    for (const mesh of [this.#parts, this.#mask, this.#outline, this.#air, this.#items]) {
      mesh.material.uniforms.uCut = { value: look.cut }
    }
    this.#preview.material.uniforms.uCut = { value: scene.size.y }
    if (overlay === 1 && (isBuilt || scene !== before || was?.overlay !== look.overlay)) this.#showPower(scene)
    if (isBuilt || was?.selected !== look.selected) this.#showOutline(scene, look)
    if (was?.preview !== look.preview) fill(this.#preview, previewBoxes(look.preview))
    if (scene !== before) this.#showItems(scene, before)
    if (scene !== before || was?.overlay !== look.overlay) {
      fill(this.#air, look.overlay === 'air' ? airBoxes(scene) : NONE)
    }
    if (scene !== before || was?.cut !== look.cut) this.#marks.show(scene, look.cut)
  }

  #showItems(scene: Scene, before: Scene | undefined): void {
    const { data, count } = buildItems(scene, before, this.#paths)
    this.#items.fill(data, count)
  }

  /** Supply of the net of each box's part: 0 no net, 1 full, 2 partial, 3 none. */
  #showPower({ layout, nets }: Scene): void {
    const power = new Float32Array(this.#built.count)
    for (let i = 0; i < power.length; i++) {
      const row = read(this.#built.data, i * STRIDE + 8) - 1
      const net = row < 0 ? 0 : read(layout.parts.net, row)
      const satisfaction = nets.get(net)?.satisfaction
      if (net !== 0 && satisfaction !== undefined) power[i] = satisfaction >= 1000 ? 1 : satisfaction > 0 ? 2 : 3
    }
    this.#parts.fillExtra(power)
  }

  #showOutline(scene: Scene, look: Look): void {
    const list = new BoxList()
    const row = rowOfId(scene.layout, look.selected)
    if (row >= 0) addPart(list, scene.layout, row, false)
    fill(this.#mask, list.take())
    fill(this.#outline, list.take())
  }

  setShare(share: number): void {
    this.#items.material.uniforms.uT = { value: share }
  }

  setPixel(cellPixels: number): void {
    this.#outline.material.uniforms.uPad = { value: OUTLINE / cellPixels }
    this.#marks.setPixel(cellPixels)
  }

  dispose(): void {
    for (const cubes of [this.#parts, this.#mask, this.#outline, this.#preview, this.#air, this.#items]) cubes.dispose()
    this.#letters.dispose()
    this.#marks.dispose()
  }
}

const NONE: Instances = { data: new Float32Array(0), count: 0 }

function createBoxMesh(fragmentShader: string, order: number): InstancedCubes {
  const isTint = fragmentShader === TINT_FRAGMENT
  const material = new ShaderMaterial({
    glslVersion: GLSL3,
    vertexShader: BOX_VERTEX,
    fragmentShader,
    defines: { COLOUR_COUNT: COLOURS.length },
    transparent: isTint && order > 1,
    depthWrite: !isTint,
    uniforms: { uPad: { value: 0 }, uCut: { value: 999 }, uHover: { value: -9 }, uOverlay: { value: 0 } },
  })
  const fields = [
    ['iMin', 3, 0],
    ['iSize', 3, 3],
    ['iStyle', 3, 6],
  ] as const
  return new InstancedCubes(material, STRIDE, fields, order)
}

/** Draws an outline around what the mask covers, visible through everything in front of it. */
function asMask(mask: InstancedCubes, outline: InstancedCubes): void {
  for (const { material } of [mask, outline]) {
    material.depthTest = false
    material.stencilWrite = true
    material.stencilRef = 1
  }
  mask.material.colorWrite = false
  mask.material.stencilFunc = AlwaysStencilFunc
  mask.material.stencilZPass = ReplaceStencilOp
  outline.material.stencilFunc = NotEqualStencilFunc
}

function setForm(mesh: InstancedCubes, form: number, alpha: number): void {
  mesh.material.uniforms.uForm = { value: form }
  mesh.material.uniforms.uAlpha = { value: alpha }
  mesh.material.uniforms.uTintTwo = { value: new Vector3() }
}

function fill(cubes: InstancedCubes, { data, count }: Instances): void {
  cubes.fill(data, count)
}

function createItemMesh(letters: Texture): InstancedCubes {
  const material = new ShaderMaterial({
    glslVersion: GLSL3,
    vertexShader: ITEM_VERTEX,
    fragmentShader: ITEM_FRAGMENT,
    defines: { COLOUR_COUNT: COLOURS.length },
    uniforms: { uT: { value: 1 }, uCut: { value: 999 }, uSide: { value: ITEM_SIDE }, uLetters: { value: letters } },
  })
  const fields = [
    ['iFrom', 3, 0],
    ['iTo', 3, 3],
    ['iStyle', 2, 6],
  ] as const
  return new InstancedCubes(material, ITEM_STRIDE, fields, 0)
}

/** The preview's boxes: decal 1 where a part does not fit. */
function previewBoxes(preview: readonly PreviewPart[]): Instances {
  const list = new BoxList()
  for (const { def, facing, origin, fits } of preview) {
    const own = new BoxList()
    addForm(own, { def, facing, origin, row: -1, isPlain: (PARTS[def]?.kind ?? '') !== 'belt' })
    const { data, count } = own.take()
    for (let i = 0; i < count; i++) {
      const at = (from: number): [number, number, number] => [
        read(data, i * STRIDE + from),
        read(data, i * STRIDE + from + 1),
        read(data, i * STRIDE + from + 2),
      ]
      list.add(at(0), at(3), { colour: 'port', decal: fits ? 'none' : 'grid', turn: 0, row: -1 })
    }
  }
  return list.take()
}

/** Clouds: one box per cell, with the amount in place of a colour. */
function airBoxes(scene: Scene): Instances {
  const { air, size } = scene
  const count = air.length >> 1
  const data = new Float32Array(count * STRIDE)
  for (let i = 0; i < count; i++) {
    const { x, y, z } = cellToPoint(size, read(air, i * 2))
    data.set([x, y, z, 1, 1, 1, read(air, i * 2 + 1) / THICKEST, 0, 0], i * STRIDE)
  }
  return { data, count }
}
