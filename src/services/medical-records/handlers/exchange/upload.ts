import { PlatformError } from '../../../../kernel/errors.ts'
import { wholeOf } from '../../../../kernel/http/uploads.ts'
import type { Context, StreamHandler } from '../../../../kernel/service.ts'
import { takeFile } from './imports.ts'

/** Largest file that is read: a year of a hospital's results is a tenth of it. */
export const LARGEST_BYTES = 10_000_000

/** Takes a file of HL7 v2 or C-CDA as the body of the request. */
export const uploadLabResults: StreamHandler = async (context: Context, request) => {
  const type = request.headers['content-type'] ?? ''
  if (type.startsWith('multipart/')) {
    throw new PlatformError(
      'unsupported_media_type',
      'Send the file itself as the body; forms with PDF or pictures go to /documents/upload',
    )
  }
  const answer = await takeFile(context, await wholeOf(request.body, LARGEST_BYTES))
  return {
    status: 201,
    headers: { 'content-type': 'application/json; charset=utf-8' },
    body: JSON.stringify(answer),
  }
}
