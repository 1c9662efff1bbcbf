// `paracosm player`: a bot as a process, for runners.
import { Command } from 'commander'
import { AppError } from '../kernel/errors.ts'
import { playCoworld } from '../players/coworld-player.ts'
import type { Io } from './io.ts'
import { parseSeed } from './options.ts'
import { WORLD_HELP } from './world-names.ts'

export function createCommand(io: Io): Command {
  return new Command('player')
    .description('Play one slot with a bot: connect to COGAMES_ENGINE_WS_URL, and leave when the episode ends.')
    .argument('<world>', WORLD_HELP)
    .argument('<bot>', 'name of a bot of the world')
    .option('--url <url>', 'socket of the game; default: COGAMES_ENGINE_WS_URL')
    .option('--seed <n>', 'seed of the bot', parseSeed, 0)
    .addHelpText(
      'after',
      '\nExample:\n  paracosm player paint-arena greedy --url "ws://127.0.0.1:8080/player?slot=0&token=..."',
    )
    .action(async (id: string, bot: string, options: { url?: string; seed: number }) => {
      const url = options.url ?? io.config.COWORLD_PLAYER_WS_URL ?? io.config.COGAMES_ENGINE_WS_URL
      if (url === undefined) {
        throw new AppError('USAGE', 'the socket of the game is missing', {
          hint: 'Set COGAMES_ENGINE_WS_URL, or give --url.',
        })
      }
      await playCoworld(await io.worlds.load(id), { url, bot, seed: options.seed, signal: io.signal })
    })
}
