// Marks above parts whose state needs attention: bolt (power), hand (starved), cross (blocked), cloud (fouled).
import { BufferAttribute, BufferGeometry, GLSL3, type Object3D, Points, ShaderMaterial, Vector3 } from 'three'
import { read } from '../../../kernel/view/read.ts'
import { PARTS } from '../catalogue.ts'
import { formOf } from './boxes.ts'
import { iconTexture } from './gl-textures.ts'
import { originOf, shapeOfRow } from './layout.ts'
import type { Palette, Rgb } from './palette.ts'
import { type Scene, STATES } from './scene.ts'
import { MARK_FRAGMENT, MARK_VERTEX } from './shaders.ts'

/** Side length of a mark, in CSS pixels. */
const SIDE = 20
/** Below this cell size in pixels no marks are drawn: they would hide the parts. */
const LEAST_CELL = 15
/** States without marks: working, idle and empty need no attention. */
const QUIET: readonly string[] = ['working', 'idle']
const MARKED: readonly string[] = ['machine', 'generator', 'scrubber', 'filter']

export interface MarkMesh {
  readonly mesh: Object3D
  show(scene: Scene, cut: number): void
  paint(palette: Palette): void
  setPixel(cellPixels: number): void
  dispose(): void
}

export function createMarks(): MarkMesh {
  const icons = iconTexture()
  const material = new ShaderMaterial({
    glslVersion: GLSL3,
    vertexShader: MARK_VERTEX,
    fragmentShader: MARK_FRAGMENT,
    depthTest: false,
    uniforms: { uPixel: { value: SIDE * Math.min(2, devicePixelRatio) }, uIcons: { value: icons } },
  })
  const mesh = new Points(new BufferGeometry(), material)
  mesh.frustumCulled = false
  mesh.renderOrder = 4
  let count = 0
  return {
    mesh,
    show(scene, cut) {
      const marks = placeMarks(scene, cut)
      count = marks.length / 4
      const at = new Float32Array(count * 3)
      const kinds = new Float32Array(count)
      for (let i = 0; i < count; i++) {
        at.set(marks.slice(i * 4, i * 4 + 3), i * 3)
        kinds[i] = read(marks, i * 4 + 3)
      }
      mesh.geometry.dispose()
      mesh.geometry = new BufferGeometry()
      mesh.geometry.setAttribute('position', new BufferAttribute(at, 3))
      mesh.geometry.setAttribute('iIcon', new BufferAttribute(kinds, 1))
    },
    paint(palette) {
      const vector = ([r, g, b]: Rgb): Vector3 => new Vector3(r, g, b)
      const tints = STATES.map((state) =>
        state === 'disabled' ? palette.muted : state === 'unpowered' || state === 'fouled' ? palette.no : palette.warn,
      )
      material.uniforms.uMarks = { value: tints.map(vector) }
      material.uniforms.uGround = { value: vector(palette.surface) }
    },
    setPixel(cellPixels) {
      mesh.visible = count > 0 && cellPixels >= LEAST_CELL
    },
    dispose() {
      mesh.geometry.dispose()
      material.dispose()
      icons.dispose()
    },
  }
}

/** Centre and state, four numbers per mark. */
export function placeMarks({ layout, states }: Scene, cut: number): number[] {
  const marks: number[] = []
  for (let row = 0; row < layout.count; row++) {
    const state = read(states, row)
    const def = read(layout.parts.def, row)
    if (QUIET.includes(STATES[state] ?? 'idle') || !MARKED.includes(PARTS[def]?.kind ?? '')) continue
    const { x, y, z } = originOf(layout, row)
    const extent = shapeOfRow(layout, row)?.extent
    if (!extent || y > cut) continue
    const top = Math.max(...formOf(def).map(({ to }) => to[1]))
    marks.push(x + extent.x / 2, y + top + 0.35, z + extent.z / 2, state)
  }
  return marks
}
