// Power nets: components of parts whose power ports face each other. Derived from the grid; nets.ts keeps them up to
// date, power.ts computes the flow of power.

export interface Net {
  readonly id: number
  /** One part of its ring. */
  part: number
  /** Number of parts. */
  size: number
  /** Units per tick that its running machines draw. */
  demand: number
  /** Units per tick that its panels generate in full sun. */
  solar: number
  /** Node rows, by part id. */
  generators: number[]
  batteries: number[]
  /** Permille of the demand met in the last power phase; -1: no power phase yet. */
  satisfaction: number
  /** Units in the last power phase; they repeat every tick until something changes. */
  generated: number
  used: number
  spilled: number
  /** Whether the next power phase processes it. */
  isListed: boolean
}

export interface Nets {
  /** By id; undefined: removed. */
  readonly byId: (Net | undefined)[]
  readonly freeIds: number[]
  /** Nets to process in the next power phase. */
  listed: Net[]
  spare: Net[]
  /** Sums over all nets. */
  generated: number
  used: number
  spilled: number
}

export function createNets(): Nets {
  return { byId: [undefined], freeIds: [], listed: [], spare: [], generated: 0, used: 0, spilled: 0 }
}

/** A fresh, empty net. */
export function addNet(nets: Nets, part: number): Net {
  const id = nets.freeIds.pop() ?? nets.byId.length
  const net: Net = {
    id,
    part,
    size: 0,
    demand: 0,
    solar: 0,
    generators: [],
    batteries: [],
    satisfaction: -1,
    generated: 0,
    used: 0,
    spilled: 0,
    isListed: false,
  }
  nets.byId[id] = net
  return net
}

/** Removes a net, and its generation and use per tick from the sums. */
export function dropNet(nets: Nets, net: Net): void {
  setFlow(nets, net, { generated: 0, used: 0, spilled: 0 })
  nets.byId[net.id] = undefined
  nets.freeIds.push(net.id)
  net.size = 0
}

/** Changes the generation and use of a net per tick, and updates the sums. */
export function setFlow(
  nets: Nets,
  net: Net,
  flow: { readonly generated: number; readonly used: number; readonly spilled: number },
): void {
  nets.generated += flow.generated - net.generated
  nets.used += flow.used - net.used
  nets.spilled += flow.spilled - net.spilled
  net.generated = flow.generated
  net.used = flow.used
  net.spilled = flow.spilled
}

export function listNet(nets: Nets, net: Net): void {
  if (net.isListed) return
  net.isListed = true
  nets.listed.push(net)
}
