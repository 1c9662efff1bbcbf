// An accepted package in the store of a data folder, whose images a stand-in engine starts as processes.
import { mkdirSync, readFileSync } from 'node:fs'
import { Coworlds } from '../store/leagues/coworlds.ts'
import { Images } from '../store/leagues/images.ts'
import { LeagueTokens } from '../store/leagues/tokens.ts'
import { openStore, storeInFolder } from '../store/store.ts'

const fixture = new URL('../../tests/fixtures/coworld-node/', import.meta.url)

export interface SeededPackages {
  /** `cow_…` of each package, by its fault; the sound one is `none`. */
  readonly coworlds: Readonly<Record<string, string>>
  /** The reference by which a real engine has to know the image. */
  readonly reference: string
  /** Tokens of two players. */
  readonly alice: string
  readonly bob: string
}

const OWN_RUN: readonly string[] = [process.execPath, new URL('game.mjs', fixture).pathname]

/** Counts until the game is over, says what it was given, and leaves an empty zip. */
const PLAYER = `
const { COWORLD_PLAYER_WS_URL: url, COWORLD_PLAYER_ARTIFACT_UPLOAD_URL: zip, API_KEY: key } = process.env
console.log('key', key)
const socket = new WebSocket(url)
const timer = setInterval(() => socket.readyState === 1 && socket.send('{"add": 1}'), 20)
socket.onmessage = ({ data }) => {
  if (JSON.parse(data).type !== 'final') return
  clearInterval(timer)
  require('node:fs').writeFileSync(new URL(zip), 'PK\\x05\\x06' + '\\0'.repeat(18), 'latin1')
  socket.close()
}
`
/** The argv of a player for a stand-in engine. */
export const OWN_PLAYER: readonly string[] = [process.execPath, '-e', PLAYER]

/**
 * Two players, and the counting game once for each fault. Close no store of this folder while a server runs on it.
 * @param run the argv of the game; default: this Node and the file of the game, for a stand-in engine, with players
 *   that write no file outside of their run
 */
export async function seedPackages(
  dataDir: string,
  faults: readonly string[] = ['none'],
  run: readonly string[] = OWN_RUN,
): Promise<SeededPackages> {
  mkdirSync(dataDir, { recursive: true })
  const store = await openStore(storeInFolder(dataDir, { mode: 'create', runs: 'inline' }))
  try {
    const tokens = new LeagueTokens(store)
    const [alice, bob] = [await tokens.issue('alice'), await tokens.issue('bob')]
    const images = new Images(store)
    const { id } = await images.announce(null, 'count', `sha256:${'a'.repeat(64)}`)
    await images.tag(id, `sha256:${'b'.repeat(64)}`)
    await images.complete(id, 10)
    const coworlds: Record<string, string> = {}
    for (const fault of faults) coworlds[fault] = await addPackage(new Coworlds(store), { image: id, fault, run })
    return { reference: `localhost/paracosm/${id}:v1`, coworlds, alice: alice.token, bob: bob.token }
  } finally {
    await store.close()
  }
}

interface NewPackage {
  readonly image: string
  readonly fault: string
  readonly run: readonly string[]
}

async function addPackage(coworlds: Coworlds, { image, fault, run }: NewPackage): Promise<string> {
  const manifest = JSON.parse(
    readFileSync(new URL('manifest.json', fixture), 'utf8').replaceAll('IMAGE', `img_${image}`),
  )
  manifest.game.name = fault === 'none' ? 'count' : `count-${fault}`
  manifest.game.runnable.run = run
  manifest.game.runnable.env = { FAULT: fault }
  if (run === OWN_RUN) manifest.player[0].run = OWN_PLAYER
  manifest.variants[0].game_config.target = 3
  const { coworld } = await coworlds.add({
    playerId: null,
    name: manifest.game.name,
    version: manifest.game.version,
    manifest: JSON.stringify(manifest),
    hash: `sha256:${fault}`,
    bytes: 1,
    certification: { status: 'trusted', notes: null, checks: [] },
  })
  const certification = { status: 'trusted', notes: null, checks: [] } as const
  await coworlds.settle(coworld.id, { status: 'accepted', certification: { ...certification, checks: [] }, images: [] })
  return `cow_${coworld.id}`
}
