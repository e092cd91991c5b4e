import { defineContract } from '../../kernel/contract.ts'
import { fhirChangedEvent } from '../../kernel/projection.ts'
import { carriedFhir, carriedOperations } from './contract/carried.ts'
import { clinicalOperations } from './contract/clinical.ts'
import { documentsFhir } from './contract/documentProjection.ts'
import { documentOperations, documentStreams } from './contract/documents.ts'
import { ehrOperations, ehrStreams } from './contract/ehr.ts'
import { events } from './contract/events.ts'
import { exchangeOperations } from './contract/exchange.ts'
import { findOperations } from './contract/find.ts'
import { healthRecordOperations, healthRecordStreams } from './contract/healthRecords.ts'
import { imagingOperations, imagingStreams } from './contract/imaging.ts'
import { labEvents } from './contract/labEvents.ts'
import { labOperations, labStreams } from './contract/labs.ts'
import { labsFhir, records } from './contract/records.ts'
import { reportOperations } from './contract/reports.ts'
import { reviewOperations } from './contract/review.ts'

export const medicalRecords = defineContract({
  name: 'medical-records',
  summary: 'Documents and what was read in them, laboratory results, imaging and clinical reports.',
  summaryIn: {
    hi: 'दस्तावेज़ और उनमें पढ़ा गया, प्रयोगशाला के परिणाम, इमेजिंग और चिकित्सा रिपोर्ट।',
    ar: 'المستندات وما قُرئ فيها، ونتائج المختبر، والتصوير، والتقارير السريرية.',
    ms: 'Dokumen dan apa yang dibaca di dalamnya, keputusan makmal, pengimejan dan laporan klinikal.',
  },
  names: ['medical-records', 'health-records'],
  operations: {
    ...documentOperations,
    ...ehrOperations,
    ...reviewOperations,
    ...healthRecordOperations,
    ...labOperations,
    ...clinicalOperations,
    ...exchangeOperations,
    ...imagingOperations,
    ...reportOperations,
    ...findOperations,
    ...carriedOperations,
    ...records.operations,
    ...labsFhir.operations,
    ...carriedFhir.operations,
    ...documentsFhir.operations,
  },
  streams: { ...documentStreams, ...ehrStreams, ...healthRecordStreams, ...labStreams, ...imagingStreams },
  events: { ...events, ...labEvents, fhirChanged: fhirChangedEvent() },
  provides: {
    projections: [records.declaration, labsFhir.declaration, documentsFhir.declaration, carriedFhir.declaration],
  },
})
