import { notFound, PlatformError } from '../../../../kernel/errors.ts'
import type { RawAnswer, RawRequest } from '../../../../kernel/raw.ts'
import { type Context, settingsOf } from '../../../../kernel/service.ts'
import { recordSettings } from '../../domain/settings.ts'
import { drawFilePage, isQuickFull } from '../../providers/reader.ts'
import { withFile } from './download.ts'
import { AREA } from './remove.ts'

const DRAWN = {
  'application/pdf': 'pdf-page',
  'image/tiff': 'tiff-page',
  'application/dicom': 'dicom-page',
  'image/heic': 'heic-page',
} as const
const LARGEST_PIXELS = 6_000_000
const SECONDS = 30

/** A page of a PDF or TIFF, a frame of DICOM or a HEIC photo, as a PNG, drawn when it is asked for and kept nowhere. */
export async function documentPage(context: Context, { params }: RawRequest): Promise<RawAnswer> {
  const row = await withFile(context, params.id ?? '')
  const page = /^[1-9]\d{0,4}$/.test(params.page ?? '') ? Number(params.page) : undefined
  const reading = DRAWN[row.mime_type as keyof typeof DRAWN]
  if (page === undefined || reading === undefined) throw notFound('Page')
  if (isQuickFull(context.personId)) {
    throw new PlatformError('too_many_requests', 'Many pages are being drawn; ask again in a moment', {
      retryAfterSeconds: 5,
    })
  }
  const { memoryMb, heif } = settingsOf(context, recordSettings)
  const file = await context.ports.files.open({ personId: context.personId, area: AREA }, row.address)
  const order = { reading, page, maximumPixels: LARGEST_PIXELS, heif: heif === 'off' ? undefined : heif }
  const { png } = await drawFilePage(context.personId, file.content, order, { seconds: SECONDS, memoryMb })
  if (png === undefined) throw notFound('Page')
  return {
    headers: {
      'content-type': 'image/png',
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'; sandbox",
      'cache-control': 'private, no-store',
    },
    body: Buffer.from(png, 'base64'),
  }
}
