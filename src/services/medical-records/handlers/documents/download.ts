import { notFound } from '../../../../kernel/errors.ts'
import type { RawAnswer, RawRequest } from '../../../../kernel/raw.ts'
import type { Context } from '../../../../kernel/service.ts'
import type { DocumentRow } from '../../store/documents.ts'
import { AREA, findOwn } from './remove.ts'
import { openDetails } from './sealed.ts'

const ID = /^([0-9]{1,15}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$/i

/** The document of a path that has a file. Throws `not_found`. */
export async function withFile(context: Context, id: string): Promise<DocumentRow & { readonly address: string }> {
  if (!ID.test(id)) throw notFound('Document')
  const { address, ...row } = await findOwn(context, id)
  if (address === null) throw notFound('File')
  return { ...row, address }
}

/** The file as it was added, decrypted while it goes. No browser opens it in place, or takes it for something else. */
export async function downloadDocument(context: Context, { params }: RawRequest): Promise<RawAnswer> {
  const row = await withFile(context, params.id ?? '')
  const details = await openDetails(context, row)
  const file = await context.ports.files.open({ personId: context.personId, area: AREA }, row.address)
  return {
    headers: {
      'content-type': row.mime_type ?? 'application/octet-stream',
      'content-disposition': disposition(details.file_name ?? details.title),
      'content-length': String(file.sizeBytes),
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'; sandbox",
      'cache-control': 'private, no-store',
    },
    body: file.content,
  }
}

/** RFC 6266, with the name as it is for those who read RFC 8187 and in plain letters for the others. */
function disposition(name: string): string {
  const plain = name.replaceAll(/[^A-Za-z0-9._ -]+/g, '_')
  const exact = encodeURIComponent(name).replaceAll(
    /['()*]/g,
    (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`,
  )
  return `attachment; filename="${plain}"; filename*=UTF-8''${exact}`
}
