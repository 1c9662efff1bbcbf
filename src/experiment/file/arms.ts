// The arms of a study that are played in worlds: their validation, and their entries in the list of games.
import { z } from 'zod'
import { closestOf } from '../../kernel/closest.ts'
import { participantSlots, type StudyArm } from '../../protocol/study-worlds.ts'
import type { Study } from '../study.ts'
import { isYamlObject, type YamlObject } from '../yaml/read-yaml.ts'
import { findGame, type KnownGame, type KnownWorld, plain } from './catalogue.ts'
import type { Faults, Path } from './faults.ts'

/** The names that an arm may use. */
export interface ArmContext {
  readonly games: readonly KnownGame[]
  readonly worlds: readonly KnownWorld[]
}

const NO_OVERRIDES = z.strictObject({})

/** The arms as games. Read from the raw file, so that a mistake in an arm does not make its name unknown as well. */
export function armGames(file: YamlObject): KnownGame[] {
  const own = file.study
  const arms = isYamlObject(own) ? own.worlds : undefined
  return isYamlObject(arms) ? Object.keys(arms).map((name) => ({ name, id: name, overrides: NO_OVERRIDES })) : []
}

/** Arms to which no participant is ever assigned. */
export const unusedArms = ({ settings, games }: Study): string[] =>
  Object.keys(settings.worlds).filter((arm) => !games.some(({ name }) => name === arm))

/** Reports settings that do not fit the worlds of this server. */
export function checkArms(
  arms: Readonly<Record<string, StudyArm>>,
  path: Path,
  faults: Faults,
  known: ArmContext,
): void {
  const seen = new Map<string, string>()
  for (const [name, arm] of Object.entries(arms)) {
    const at = [...path, name]
    const other = findGame(known.games, name)?.name ?? seen.get(plain(name))
    if (other !== undefined) {
      const message = `the arm ${name} has the name of ${other}`
      faults.found.push({ path: at, kind: 'rule', message, hint: 'Rename the arm.', isKey: true })
    }
    seen.set(plain(name), `the arm ${name}`)
    checkArm(arm, at, faults, known.worlds)
  }
}

function checkArm(arm: StudyArm, at: Path, faults: Faults, worlds: readonly KnownWorld[]): void {
  if (participantSlots(arm).length === 0) {
    faults.add(
      [...at, 'players'],
      'rule',
      'no slot is for a participant',
      'Write `participant` for at least one player.',
    )
  }
  const world = worlds.find(({ id }) => id === arm.world)
  if (!world) {
    const ids = worlds.map(({ id }) => id)
    const message = `there is no world ${JSON.stringify(arm.world)}`
    faults.add([...at, 'world'], 'rule', message, hintFor(arm.world, ids))
    return
  }
  const variant = arm.variant === null ? world.variants[0] : world.variants.find(({ id }) => id === arm.variant)
  if (!variant) {
    const wanted = arm.variant ?? ''
    const known = world.variants.map(({ id }) => id)
    const message = `${world.id} has no variant ${JSON.stringify(wanted)}`
    faults.add([...at, 'variant'], 'rule', message, hintFor(wanted, known))
    return
  }
  if (arm.players.length !== variant.slots) {
    const place = arm.players.length > variant.slots ? [...at, 'players', variant.slots] : [...at, 'players']
    const message = `${world.id} ${variant.id} has ${variant.slots} slots; found ${arm.players.length} players`
    faults.add(place, 'rule', message, `List ${variant.slots} players, one per slot.`)
  }
  checkBots(arm, at, faults, world)
}

function checkBots(arm: StudyArm, at: Path, faults: Faults, world: KnownWorld): void {
  const bots = world.bots.map(({ name }) => name)
  const check = (bot: string, place: Path): void => {
    if (bots.includes(bot)) return
    faults.add(place, 'rule', `${world.id} has no bot ${JSON.stringify(bot)}`, hintFor(bot, bots))
  }
  for (const [slot, player] of arm.players.entries()) {
    if (player === 'participant') continue
    if ('bot' in player) check(player.bot, [...at, 'players', slot, 'bot'])
    else if (!world.isPerceived) {
      const hint = 'Let a bot play the slot, or choose a world that speaks the perception protocol.'
      faults.add([...at, 'players', slot, 'model'], 'rule', `models cannot play ${world.id}`, hint)
    }
  }
  if (arm.away !== null) {
    check(arm.away.bot, [...at, 'away', 'bot'])
    if (participantSlots(arm).length < 2)
      faults.add([...at, 'away'], 'rule', 'away needs two participants', 'Remove it: nobody else waits for the player.')
  }
  const { bot, on_timeout } = arm.wait
  if (bot !== null) check(bot, [...at, 'wait', 'bot'])
  if (on_timeout !== 'bot' || bot !== null || participantSlots(arm).length < 2) return
  const hint = bots.length === 0 ? 'Write `on_timeout: release`.' : `Add \`bot: ${bots[0]}\`.`
  faults.add([...at, 'wait', 'on_timeout'], 'rule', 'on_timeout is bot, and no bot is named', hint)
}

function hintFor(wanted: string, known: readonly string[]): string {
  const close = closestOf(wanted, known)
  if (close !== undefined) return `Did you mean \`${close}\`?`
  return known.length === 0 ? 'There are none.' : `Use one of: ${known.join(', ')}.`
}
