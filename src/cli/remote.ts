// `paracosm remote`: a study on a server elsewhere, or in a container here.
import { Command } from 'commander'
import type { Io } from './io.ts'
import { addDeploy } from './remote/deploy.ts'
import { addSave, addStatus, addStop } from './remote/saved.ts'

const EXAMPLES = `
Examples:
  paracosm remote deploy usability.yml --seed seeds --provider container --image paracosm:local
  paracosm remote status --uri http://127.0.0.1:8000 --admin-key "$KEY"
  paracosm remote save --uri http://127.0.0.1:8000 --admin-key "$KEY" --output usability.tar.gz
  paracosm remote stop --uri http://127.0.0.1:8000 --admin-key "$KEY" --output usability.tar.gz --name usability --provider container

docs/remote.md describes providers, secrets and seeds.`

export function createCommand(io: Io): Command {
  const group = new Command('remote').description('Deploy a study, look at it, save its data, and end it.')
  group.addHelpText('after', EXAMPLES)
  for (const add of [addDeploy, addStatus, addSave, addStop]) add(io, group)
  return group
}
