import { decodeCursor, encodeCursor } from '../../../../kernel/fields.ts'
import type { Handlers } from '../../../../kernel/service.ts'
import type { medicalRecords } from '../../contract.ts'
import { documentsForFhir } from '../../store/documents.ts'
import { resourceOf } from './fhirViews.ts'
import { documentFhirWrites } from './fhirWrites.ts'

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

export const documentFhirHandlers: Pick<
  Handlers<typeof medicalRecords>,
  'documentsFhirResources' | 'documentsFhirWrite' | 'documentsFhirRemove'
> = {
  ...documentFhirWrites,

  async documentsFhirResources(context, { ids, cursor, limit = 200 }) {
    const position = cursor === undefined ? undefined : decodeCursor(cursor, 2)
    const rows = await documentsForFhir(context.db, context.personId, {
      ids: ids?.filter((id) => UUID.test(id)),
      after: position === undefined ? undefined : [String(position[0]), String(position[1])],
      limit: ids === undefined ? limit : ids.length + 1,
    })
    const items = await Promise.all(rows.map((row) => resourceOf(context, row)))
    const last = rows.at(-1)
    const isLast = ids !== undefined || rows.length < limit || last === undefined
    return { items, next_cursor: isLast ? null : encodeCursor([last.created_at.toISOString(), last.id]) }
  },
}
