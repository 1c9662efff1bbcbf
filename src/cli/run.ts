// `paracosm run`: one episode, of a world of ours or of a package.
import { Command } from 'commander'
import type { Io } from './io.ts'
import { parseCount, parseRate, parseRuntime, parseSeed } from './options.ts'
import { type RunOptions, runWorld } from './run-world.ts'
import { isWorldName } from './world-names.ts'

export function createCommand(io: Io): Command {
  return new Command('run')
    .description('Play one episode. Players: a bot by name, human, cmd:<command>, or (with a package) an image.')
    .argument('<world|manifest>', 'a world by id, path or package, or the path or address of a coworld manifest')
    .argument('[players...]', 'one for every slot, or one for all')
    .option('--variant <id>', 'which variant')
    .option('--seed <n>', 'seed of the episode', parseSeed)
    .option('--slots <n>', 'how many slots, where the world leaves that open', parseCount)
    .option('--tick-rate <n>', 'steps a second; without it bots play as fast as they can', parseRate)
    .option('--runtime <kind>', 'run game and players as processes or containers (process, container)', parseRuntime)
    .option('--timeout <seconds>', 'how long it may take', parseCount, 3600)
    .option('-o, --output-dir <folder>', 'where journal, results, replay and logs go')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
Examples:
  paracosm run paint-arena sweep greedy
  paracosm run paint-arena human greedy --variant duel
  paracosm run ./my-world.ts careful bold -o ./match
  paracosm run paint-arena greedy "cmd:python3 player.py" -o ./match --seed 7
  paracosm run ./coworld_manifest.json --runtime process`,
    )
    .action((target: string, players: string[], options: RunOptions) => run(io, { target, players, options }))
}

/** The runner of packages and its schemas are loaded only when they are needed: bots should start at once. */
async function run(io: Io, wanted: { target: string; players: readonly string[]; options: RunOptions }): Promise<void> {
  const { target, players, options } = wanted
  if (!isWorldName(io, target)) {
    const { runPackage } = await import('./run-package.ts')
    await runPackage(io, target, players, options)
    return
  }
  const world = await io.worlds.load(target)
  if (options.runtime === undefined) {
    await runWorld(io, world, players, options)
    return
  }
  const { runWorldAsPackage } = await import('./run-package.ts')
  await runWorldAsPackage(io, { world, name: target }, players, options)
}
