// `paracosm run`: one episode of a world or of a package.
import { Command } from 'commander'
import type { Io } from './io.ts'
import { parseCount, parseRate, parseRuntime, parseSeed } from './options.ts'
import type { RunOptions } from './run-plan.ts'
import { runWorld } from './run-world.ts'
import { isWorldName } from './world-names.ts'

export function createCommand(io: Io): Command {
  return new Command('run')
    .description('Play one episode. A player is a bot by name, human, cmd:<command>, or an image (packages only).')
    .argument('<world|manifest>', 'a world by id, path or package, or the path or URL of a coworld manifest')
    .argument('[players...]', 'one player per slot, or one for all slots')
    .option('--variant <id>', 'variant of the world; default: the first')
    .option('--seed <n>', "seed of the episode; default: the variant's own, or a random one", parseSeed)
    .option('--slots <n>', 'number of slots, if the world leaves it open', parseCount)
    .option('--tick-rate <n>', 'steps per second; default: 5 with people or programs, unlimited for bots', parseRate)
    .option('--lockstep', 'wait for every player before each step, instead of a fixed rate')
    .option('--runtime <kind>', 'run game and players as processes or containers (process, container)', parseRuntime)
    .option('--timeout <seconds>', 'time limit of the whole episode', parseCount, 3600)
    .option('-o, --output-dir <folder>', 'keep journal, results, replay and logs in this folder')
    .option('--force', 'replace an earlier run in the output folder')
    .option('--no-log', 'do not add the commands of a kept run to the command log')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
Examples:
  paracosm run paint-arena sweep greedy
  paracosm run paint-arena human greedy --variant duel
  paracosm run ./my-world.ts careful bold -o ./match
  paracosm run paint-arena greedy "cmd:python3 player.py" -o ./match --seed 7
  paracosm run paint-arena greedy "cmd:python3 player.py" --lockstep
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
