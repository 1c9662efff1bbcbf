// What `zod` is in the application: the build resolves the name to this module. The content policy forbids eval; without
// the setting, zod tries it and the browser reports a violation.
import { z } from 'zod/v4'

z.config({ jitless: true })

export { z }
