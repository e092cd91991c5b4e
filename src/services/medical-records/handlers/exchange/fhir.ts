import type { InputOf } from '../../../../kernel/contract.ts'
import { decodeCursor, encodeCursor } from '../../../../kernel/fields.ts'
import { type ProjectedResource, projected } from '../../../../kernel/projection.ts'
import type { Context, Handlers } from '../../../../kernel/service.ts'
import type { records } from '../../contract/records.ts'
import type { medicalRecords } from '../../contract.ts'
import { clinicalResource } from '../../domain/fhir/clinical.ts'
import { observationOf } from '../../domain/fhir/observation.ts'
import { diagnosticReportOf, imagingStudyOf } from '../../domain/fhir/reports.ts'
import { entriesForFhir } from '../../store/clinical.ts'
import { studiesByIds } from '../../store/imaging.ts'
import { labsForFhir } from '../../store/labs.ts'
import { type RecordPlace, recordPlaces } from '../../store/recordsForFhir.ts'
import { reportsByIds } from '../../store/reports.ts'
import { entryOf } from '../clinical/clinical.ts'
import { studyOf } from '../imaging/imaging.ts'
import { labOf } from '../labs/views.ts'
import { reportOf } from '../reports/views.ts'

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

type Page = InputOf<typeof records.operations.recordsFhirResources>

/** The record as FHIR: rows of some ids, or all by pages, oldest first. */
export const fhirHandlers: Pick<Handlers<typeof medicalRecords>, 'recordsFhirResources' | 'labsFhirResources'> = {
  async recordsFhirResources(context, input) {
    const { db, personId } = context
    const { places, next_cursor } = await placesOf(context, ['clinical', 'imaging', 'report'], input)
    const idsOf = (part: RecordPlace['part']) => places.filter((place) => place.part === part).map((place) => place.id)
    const [entries, studies, reports] = await Promise.all([
      entriesForFhir(db, personId, { ids: idsOf('clinical') }),
      studiesByIds(db, personId, idsOf('imaging')),
      reportsByIds(db, personId, idsOf('report')),
    ])
    const resources = new Map<string, ProjectedResource>([
      ...entries.map(
        (row) => [`clinical ${row.id}`, projected(versioned(row), clinicalResource(entryOf(row)))] as const,
      ),
      ...studies.map((row) => [`imaging ${row.id}`, projected(versioned(row), imagingStudyOf(studyOf(row)))] as const),
      ...reports.map(
        (row) => [`report ${row.id}`, projected(versioned(row), diagnosticReportOf(reportOf(row)))] as const,
      ),
    ])
    const items = places.map((place) => resources.get(`${place.part} ${place.id}`)).filter((one) => one !== undefined)
    return { items, next_cursor }
  },

  async labsFhirResources(context, input) {
    const { places, next_cursor } = await placesOf(context, ['lab'], input)
    const ids = places.map((place) => place.id)
    const rows = await labsForFhir(context.db, context.personId, { ids, limit: 500 })
    const found = new Map(rows.map((row) => [row.id, projected(versioned(row), observationOf(labOf(row)))]))
    return { items: ids.map((id) => found.get(id)).filter((one) => one !== undefined), next_cursor }
  },
}

/** Which rows a page has, and where the next begins. */
async function placesOf(
  { db, personId }: Context,
  parts: readonly RecordPlace['part'][],
  { ids, cursor, limit = 200 }: Page,
) {
  const position = cursor === undefined ? undefined : decodeCursor(cursor, 2)
  const after = position === undefined ? undefined : ([String(position[0]), String(position[1])] as const)
  const wanted = ids?.filter((id) => UUID.test(id))
  const most = ids === undefined ? limit : parts.length * ids.length
  const places = await recordPlaces(db, personId, parts, { ids: wanted, after }, most)
  const last = places.at(-1)
  const isLast = ids !== undefined || places.length < limit || last === undefined
  return { places, next_cursor: isLast ? null : encodeCursor([last.created_at.toISOString(), last.id]) }
}

function versioned(row: { readonly id: string; readonly version: number; readonly updated_at: Date }) {
  return { id: row.id, version: row.version, updatedAt: row.updated_at }
}
