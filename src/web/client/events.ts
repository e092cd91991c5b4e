import { listSymptoms } from '../../services/health-tracking/web/endpoints.ts'
import { listEntries } from '../../services/medical-records/web/endpoints.ts'
import type { ChartMarker } from '../parts/chartProps.ts'
import { useQuery } from './cache.ts'
import { lookedAt } from './endpoint.ts'
import { isSharedRecord } from './session.ts'
import { useStore } from './store.ts'

const MOST = 8

/** What happened in a period and may explain a curve: medicines begun, symptoms, procedures; the newest few, in order. */
export function useEvents(from: string): readonly ChartMarker[] {
  // Whoever was shown measurements was not shown these: asking would only be refused.
  const isOpen = !isSharedRecord(useStore(lookedAt))
  const symptoms = useQuery(listSymptoms, isOpen ? { from, limit: MOST } : undefined)
  const medicines = useQuery(listEntries, isOpen ? { kind: 'medications' } : undefined)
  const procedures = useQuery(listEntries, isOpen ? { kind: 'procedures' } : undefined)
  const entries = [...(medicines.value?.items ?? []), ...(procedures.value?.items ?? [])]
  const dated = entries.flatMap(({ display, started_on: at }) =>
    at !== null && at.length === 10 ? [{ at: `${at}T12:00:00`, label: display }] : [],
  )
  const felt = (symptoms.value?.items ?? []).map((one) => ({ at: one.start_time, label: one.symptom_name }))
  return [...dated, ...felt]
    .filter(({ at }) => new Date(at) >= new Date(from))
    .sort((a, b) => a.at.localeCompare(b.at))
    .slice(-MOST)
}
