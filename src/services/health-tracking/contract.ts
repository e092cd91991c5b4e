import { defineContract } from '../../kernel/contract.ts'
import { alertOperations } from './contract/alerts.ts'
import { analyticsOperations } from './contract/analytics.ts'
import { boardOperations } from './contract/board.ts'
import { findOperations } from './contract/find.ts'
import { goalOperations } from './contract/goals.ts'
import { events, internalOperations } from './contract/internal.ts'
import { metricOperations, metricStreams } from './contract/metrics.ts'
import { projectionEvents, projectionOperations, projections } from './contract/projection.ts'
import { symptomOperations } from './contract/symptoms.ts'
import { vitalOperations } from './contract/vitals.ts'

export const healthTracking = defineContract({
  name: 'health-tracking',
  summary: 'Measurements, vital signs, symptoms, goals and alerts, with statistics that show their evidence.',
  summaryIn: {
    hi: 'माप, जीवन-चिह्न, लक्षण, लक्ष्य और चेतावनियाँ, अपने प्रमाण दिखाते आँकड़ों के साथ।',
    ar: 'القياسات والعلامات الحيوية والأعراض والأهداف والتنبيهات، مع إحصاءات تُظهر أدلتها.',
    ms: 'Ukuran, tanda vital, simptom, matlamat dan amaran, dengan statistik yang menunjukkan buktinya.',
  },
  operations: {
    ...metricOperations,
    ...vitalOperations,
    ...symptomOperations,
    ...goalOperations,
    ...alertOperations,
    ...analyticsOperations,
    ...boardOperations,
    ...findOperations,
    ...internalOperations,
    ...projectionOperations,
  },
  streams: metricStreams,
  events: { ...events, ...projectionEvents },
  provides: { projections },
})
