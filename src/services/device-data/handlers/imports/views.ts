import { decryptedText } from '../../../../kernel/encryption.ts'
import type { Context } from '../../../../kernel/service.ts'
import type { ImportView } from '../../contract/imports.ts'
import type { ImportRow } from '../../store/imports.ts'

/** An import as clients see it. */
export async function importView(context: Context, row: ImportRow): Promise<ImportView> {
  return {
    id: row.id,
    state: row.state,
    format: row.format,
    file_name: await decryptedText(context, 'device_data.import.file_name', row.file_name, row.id),
    size_bytes: row.size_bytes,
    bytes_read: row.bytes_read,
    time_zone: row.zone,
    question: row.question,
    taken: row.taken,
    duplicates: row.duplicates,
    skipped: row.skipped,
    failure: row.failure,
    created_at: row.created_at.toISOString(),
    started_at: row.started_at?.toISOString() ?? null,
    ended_at: row.ended_at?.toISOString() ?? null,
  }
}
