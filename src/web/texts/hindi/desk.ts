import { hindiBackups } from './backups.ts'
import { hindiOperations } from './operations.ts'

/** Hindi for whoever runs the platform: a chunk of its own, for them alone. */
export const hindiDesk = { backups: hindiBackups, operations: hindiOperations }
