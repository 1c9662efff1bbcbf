// The content policy forbids eval; without this, zod tries it and the browser reports a violation. Import it first.
import { config } from 'zod'

config({ jitless: true })
