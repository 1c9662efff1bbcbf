// Instanced unit cubes with a growing buffer. The renderer derives a geometry's maximum instance count from its first
// buffers, so a longer buffer needs a new geometry; a shorter one is refilled in place.
import {
  BoxGeometry,
  DynamicDrawUsage,
  InstancedBufferAttribute,
  InstancedBufferGeometry,
  InstancedInterleavedBuffer,
  InterleavedBufferAttribute,
  Mesh,
  type ShaderMaterial,
} from 'three'

/** One attribute of an instance: name, number of components, and offset. */
export type Field = readonly [name: string, size: number, offset: number]

const LEAST_CAPACITY = 64

export class InstancedCubes {
  readonly mesh: Mesh<InstancedBufferGeometry, ShaderMaterial>
  readonly #stride: number
  readonly #fields: readonly Field[]
  readonly #cube = createCube()
  #buffer: InstancedInterleavedBuffer | undefined
  #extra: InstancedBufferAttribute | undefined
  #capacity = 0

  /** @param order drawing order */
  constructor(material: ShaderMaterial, stride: number, fields: readonly Field[], order: number) {
    this.#stride = stride
    this.#fields = fields
    this.mesh = new Mesh(new InstancedBufferGeometry(), material)
    this.mesh.frustumCulled = false
    this.mesh.renderOrder = order
    this.mesh.visible = false
  }

  get material(): ShaderMaterial {
    return this.mesh.material
  }

  get count(): number {
    return this.mesh.visible ? this.mesh.geometry.instanceCount : 0
  }

  fill(data: Float32Array, count: number): void {
    this.mesh.visible = count > 0
    if (count === 0) return
    if (count > this.#capacity) this.#grow(count)
    const buffer = this.#buffer
    if (!buffer) return
    buffer.array.set(data)
    buffer.clearUpdateRanges()
    buffer.addUpdateRange(0, count * this.#stride)
    buffer.needsUpdate = true
    this.mesh.geometry.instanceCount = count
  }

  /** One additional number per instance, which changes independently of the others. */
  fillExtra(values: Float32Array): void {
    const extra = this.#extra
    if (!extra) return
    extra.array.set(values)
    extra.needsUpdate = true
  }

  #grow(count: number): void {
    this.#capacity = Math.max(LEAST_CAPACITY, 2 ** Math.ceil(Math.log2(count)))
    const geometry = new InstancedBufferGeometry()
    geometry.setAttribute('position', this.#cube.getAttribute('position'))
    geometry.setAttribute('normal', this.#cube.getAttribute('normal'))
    geometry.setIndex(this.#cube.getIndex())
    const buffer = new InstancedInterleavedBuffer(new Float32Array(this.#capacity * this.#stride), this.#stride)
    buffer.setUsage(DynamicDrawUsage)
    for (const [name, size, offset] of this.#fields) {
      geometry.setAttribute(name, new InterleavedBufferAttribute(buffer, size, offset))
    }
    const extra = new InstancedBufferAttribute(new Float32Array(this.#capacity), 1)
    geometry.setAttribute('iPower', extra)
    this.mesh.geometry.dispose()
    this.mesh.geometry = geometry
    this.#buffer = buffer
    this.#extra = extra
  }

  dispose(): void {
    this.mesh.geometry.dispose()
    this.mesh.material.dispose()
    this.#cube.dispose()
  }
}

function createCube(): BoxGeometry {
  const cube = new BoxGeometry(1, 1, 1)
  cube.translate(0.5, 0.5, 0.5)
  return cube
}
