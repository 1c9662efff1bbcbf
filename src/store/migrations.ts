// The migrations, in order. Never change a released migration: add one with the next number.
import { createCommandLog } from './migrations/0001-command-log.ts'
import { createSessions } from './migrations/0002-sessions.ts'
import { createEpisodes } from './migrations/0003-episodes.ts'
import { createJobs } from './migrations/0004-jobs.ts'
import { createSessionClaims } from './migrations/0005-session-claims.ts'
import { createCommandScores } from './migrations/0006-command-scores.ts'
import { createEvaluations } from './migrations/0007-evaluations.ts'
import { createStudies } from './migrations/0008-studies.ts'
import { addStudyConfig } from './migrations/0009-study-config.ts'
import { createLeagues } from './migrations/0010-leagues.ts'
import { addStudyMonitor } from './migrations/0011-study-monitor.ts'
import { createStudyEpisodes } from './migrations/0012-study-episodes.ts'
import { createHosted } from './migrations/0013-hosted.ts'
import { createImages } from './migrations/0014-images.ts'
import { createPlaySessions } from './migrations/0015-play-sessions.ts'
import { addMemberships } from './migrations/0016-memberships.ts'
import { createExperienceRequests } from './migrations/0017-experience-requests.ts'
import { addPackageGames } from './migrations/0018-package-games.ts'
import { addGameServers } from './migrations/0019-game-servers.ts'
import type { DdlWords } from './migrations/ddl.ts'

export interface Migration {
  readonly number: number
  readonly name: string
  /** Statements, run in order, in one transaction with all other pending migrations. */
  statements(words: DdlWords): readonly string[]
}

export const MIGRATIONS: readonly Migration[] = [
  { number: 1, name: 'command log', statements: createCommandLog },
  { number: 2, name: 'sessions', statements: createSessions },
  { number: 3, name: 'episodes', statements: createEpisodes },
  { number: 4, name: 'jobs', statements: createJobs },
  { number: 5, name: 'session claims', statements: createSessionClaims },
  { number: 6, name: 'command scores', statements: createCommandScores },
  { number: 7, name: 'evaluations', statements: createEvaluations },
  { number: 8, name: 'studies', statements: createStudies },
  { number: 9, name: 'study config', statements: addStudyConfig },
  { number: 10, name: 'leagues', statements: createLeagues },
  { number: 11, name: 'study monitor', statements: addStudyMonitor },
  { number: 12, name: 'study episodes', statements: createStudyEpisodes },
  { number: 13, name: 'hosted uploads', statements: createHosted },
  { number: 14, name: 'images and packages', statements: createImages },
  { number: 15, name: 'hosted games', statements: createPlaySessions },
  { number: 16, name: 'memberships and secrets', statements: addMemberships },
  { number: 17, name: 'experience requests', statements: createExperienceRequests },
  { number: 18, name: 'hosted games of packages', statements: addPackageGames },
  { number: 19, name: 'servers of hosted games', statements: addGameServers },
]
