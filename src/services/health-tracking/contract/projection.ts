import { fhirChangedEvent, writableProjection } from '../../../kernel/projection.ts'

/** Measurements as Observations; a blood pressure is one of two components. */
export const vitalsProjection = writableProjection('vitals', { category: 'vitals', types: ['Observation'] })
/** The diary of symptoms as Observations. */
export const symptomsProjection = writableProjection('symptoms', { category: 'symptoms', types: ['Observation'] })
export const goalsProjection = writableProjection('goals', { category: 'goals', types: ['Goal'] })

export const projectionOperations = {
  ...vitalsProjection.operations,
  ...symptomsProjection.operations,
  ...goalsProjection.operations,
}

export const projectionEvents = { fhirChanged: fhirChangedEvent() }

export const projections = [vitalsProjection.declaration, symptomsProjection.declaration, goalsProjection.declaration]
