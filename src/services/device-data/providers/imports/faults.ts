import { FormatRefusal } from '../../domain/formats/reading.ts'
import { ArchiveRefusal, EntryDamaged } from './unzip.ts'

const ARCHIVE_FAULTS: ReadonlySet<string> = new Set(['too-many-entries', 'too-large', 'bomb'])

/** What ends an archive ends it also when it shows inside an entry. */
export function throwIfArchive(fault: string): void {
  if (ARCHIVE_FAULTS.has(fault)) throw new ArchiveRefusal(fault as 'bomb')
}

/** Whether the file is at fault, and not the program. */
export function isFaultOfFile(error: unknown): boolean {
  if (error instanceof FormatRefusal || error instanceof ArchiveRefusal || error instanceof EntryDamaged) return true
  return /^Z_/.test(String((error as { code?: unknown }).code ?? ''))
}

/** The word for a fault of the file. */
export function faultOf(error: unknown): string {
  if (error instanceof FormatRefusal) return error.code
  if (error instanceof ArchiveRefusal) return error.fault
  return 'entry-damaged'
}
