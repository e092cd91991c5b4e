import { arabicBackups } from './backups.ts'
import { arabicOperations } from './operations.ts'

/** Arabic for whoever runs the platform: a chunk of its own, for them alone. */
export const arabicDesk = { backups: arabicBackups, operations: arabicOperations }
