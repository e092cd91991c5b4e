import { encryptedText } from '../../../../kernel/encryption.ts'
import { fieldError, PlatformError } from '../../../../kernel/errors.ts'
import { peek, sizeInWords, takeUpload, type UploadedFile } from '../../../../kernel/http/uploads.ts'
import type { RawAnswer, RawRequest } from '../../../../kernel/raw.ts'
import { type Context, settingsOf } from '../../../../kernel/service.ts'
import { isTimeZone } from '../../../../shared/dates.ts'
import { importSettings } from '../../domain/importSettings.ts'
import { countOpen, findImport, insertImport, type NewImport } from '../../store/imports.ts'
import { zoneOf } from '../person.ts'
import { AREA, IMPORT_JOB, READER_VERSION } from './constants.ts'
import { importView } from './views.ts'

const MOST_OPEN = 5
/** The readers of files are loaded with the first upload. */
const readers = () => import('../../domain/formats/catalogue.ts')
type Readers = Awaited<ReturnType<typeof readers>>
const MEGABYTE = 1_048_576
const RETRY_SECONDS = 30

/** Takes a file, keeps it encrypted, and queues its import. */
export function uploadImport(context: Context, request: RawRequest): Promise<RawAnswer> {
  return receive(context, request, () => true)
}

/** The same for exports of Apple Health only. */
export function appleHealthImport(context: Context, request: RawRequest): Promise<RawAnswer> {
  return receive(context, request, (format) => format === null || format === 'apple-health' || format === 'apple-ecg')
}

async function receive(
  context: Context,
  request: RawRequest,
  isTaken: (format: string | null) => boolean,
): Promise<RawAnswer> {
  const zone = request.query.time_zone ?? (await zoneOf(context))
  if (!isTimeZone(zone)) throw fieldError('time_zone', 'is no time zone of the IANA database')
  if ((await countOpen(context.db, context.personId)) >= MOST_OPEN) {
    throw new PlatformError('too_many_requests', `${MOST_OPEN} imports are open; wait until one of them ends`, {
      retryAfterSeconds: RETRY_SECONDS,
    })
  }
  const maximumBytes = settingsOf(context, importSettings).importMaximumMb * MEGABYTE
  refuseLarge(request, maximumBytes)
  const { result: row } = await takeUpload(request, (file) => keep(context, file, { zone, maximumBytes, isTaken }))
  return {
    status: 202,
    headers: { 'content-type': 'application/json', location: `/api/v1/device-data/imports/${row.id}` },
    body: JSON.stringify(await importView(context, row)),
  }
}

/** What is announced as too large is refused before any of it is read. */
function refuseLarge({ headers }: RawRequest, maximumBytes: number): void {
  // The parts around a file add a little.
  if (Number(headers['content-length'] ?? 0) > maximumBytes + MEGABYTE) {
    throw new PlatformError('payload_too_large', `The file is larger than ${sizeInWords(maximumBytes)}`)
  }
}

interface Wanted {
  readonly zone: string
  readonly maximumBytes: number
  isTaken(format: string | null): boolean
}

async function keep(context: Context, file: UploadedFile, { zone, maximumBytes, isTaken }: Wanted) {
  const known = await readers()
  const { head, whole } = await peek(file.content, known.HEAD_BYTES)
  if (head.length === 0) throw fieldError('file', 'is empty')
  const name = baseName(file.name ?? '')
  const format = formatNameOf(known, head, name)
  if (format === undefined || !isTaken(format)) throw unknownFile(known)
  const { personId } = context
  const stored = await context.ports.files.store({ personId, area: AREA }, whole, { maximumBytes })
  const id = context.newId()
  const isAsking = format === 'table'
  const { guessColumns } = await import('../../domain/formats/genericTable.ts')
  const preview = isAsking ? JSON.stringify(guessColumns(known.headOf(head, name).text)) : null
  const row: NewImport = {
    id,
    file_address: stored.address,
    file_name: await encryptedText(context, 'device_data.import.file_name', name === '' ? null : name, id),
    size_bytes: stored.sizeBytes,
    format,
    zone,
    state: isAsking ? 'asking' : 'waiting',
    question: isAsking ? 'columns' : null,
    preview: await encryptedText(context, 'device_data.import.preview', preview, id),
    reader_version: READER_VERSION,
    created_at: context.now(),
  }
  await context.transact(async (transaction) => {
    if ((await insertImport(transaction, personId, row)) === undefined) {
      throw new PlatformError('conflict', 'This very file is being imported already')
    }
    if (!isAsking) await transaction.enqueue(IMPORT_JOB, { import_id: id })
  })
  const written = await findImport(context.db, personId, id)
  if (written === undefined) throw new PlatformError('internal', 'Something went wrong on our side')
  return written
}

/** `null` for an archive, whose files tell themselves later; undefined for what is none of the formats. */
function formatNameOf(
  { containerOf, formatOf, headOf }: Readers,
  head: Uint8Array,
  name: string,
): string | null | undefined {
  const container = containerOf(head)
  if (container !== undefined) return null
  return formatOf(headOf(head, name))?.name
}

function baseName(name: string): string {
  return (name.split(/[\\/]/).at(-1) ?? '').replaceAll(/\p{Cc}/gu, '').slice(-200)
}

function unknownFile({ FORMATS }: Readers): PlatformError {
  return new PlatformError('unsupported_media_type', 'This is no file of health data that is known here', {
    extra: { formats: ['zip of these', ...FORMATS.map(({ label }) => label)] },
  })
}
