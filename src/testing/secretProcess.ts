/** Says the secret it finds or makes, for tests that start several at once: `secretProcess.ts <dataFolder>`. */
import { keptSecret } from '../kernel/settings.ts'

process.stdout.write(`secret ${keptSecret(process.argv[2] ?? '', 'token', undefined)}\n`)
