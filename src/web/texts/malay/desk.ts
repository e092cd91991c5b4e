import { malayBackups } from './backups.ts'
import { malayOperations } from './operations.ts'

/** Malay for whoever runs the platform: a chunk of its own, for them alone. */
export const malayDesk = { backups: malayBackups, operations: malayOperations }
