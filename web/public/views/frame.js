// Runs inside the sandboxed frame of a world's view: makes a ViewSource of the page's messages and mounts the module.
const listeners = new Set()
const inspections = new Map()
const source = { frame: undefined, speed: 0 }

const post = (message) => parent.postMessage(message, '*')

function dress({ scheme, tokens }) {
  const { style } = document.documentElement
  style.colorScheme = scheme
  for (const [name, value] of Object.entries(tokens)) style.setProperty(name, value)
}

function start({ about, theme }) {
  dress(theme)
  Object.assign(source, about, {
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    inspect: (id) =>
      new Promise((resolve) => {
        inspections.set(id, resolve)
        post({ kind: 'inspect', id })
      }),
    ...(about.plays ? { send: (command) => post({ kind: 'send', command }) } : {}),
  })
}

async function mount() {
  // A script of another origin has no base for import(): the whole address is given.
  const module = await import(new URL(document.body.dataset.module, document.baseURI).href)
  const view = module.view ?? module.default
  view.mount(document.body, source)
}

let isMounted = false
addEventListener('message', ({ source: from, data }) => {
  if (from !== parent) return
  if (data.kind === 'start') start(data)
  if (data.kind === 'theme') dress(data.theme)
  if (data.kind === 'inspected') {
    inspections.get(data.id)?.(data.value)
    inspections.delete(data.id)
  }
  if (data.kind !== 'frame') return
  source.frame = data.frame
  source.speed = data.speed
  if (!isMounted) {
    isMounted = true
    void mount()
  } else for (const listener of listeners) listener()
})
post({ kind: 'ready' })
