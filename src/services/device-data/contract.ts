import { defineContract } from '../../kernel/contract.ts'
import { analyticsOperations } from './contract/analytics.ts'
import { boardOperations } from './contract/board.ts'
import { dailyOperations } from './contract/daily.ts'
import { deviceOperations } from './contract/devices.ts'
import { events } from './contract/events.ts'
import { importOperations, importStreams } from './contract/imports.ts'
import { ingestOperations } from './contract/ingest.ts'
import { integrationOperations, integrationStreams } from './contract/integrations.ts'
import { nightscoutStreams, nightscoutV3Streams } from './contract/nightscout.ts'
import { pointOperations } from './contract/points.ts'
import { projectionEvents, projectionOperations, projections } from './contract/projection.ts'
import { recordingOperations } from './contract/recordings.ts'
import { signInStreams } from './contract/signIn.ts'
import { sourceOperations } from './contract/sources.ts'
import { statisticsOperations } from './contract/statistics.ts'

export const deviceData = defineContract({
  name: 'device-data',
  summary: 'What devices, phones and makers measured: taken in, kept small, and read honestly.',
  summaryIn: {
    hi: 'उपकरणों, फ़ोन और निर्माताओं ने जो मापा: लिया, समेटकर रखा और ईमानदारी से पढ़ा गया।',
    ar: 'ما قاسته الأجهزة والهواتف والشركات الصانعة: يُستقبل ويُحفظ مضغوطًا ويُقرأ بأمانة.',
    ms: 'Apa yang diukur oleh peranti, telefon dan pengeluar: diterima, disimpan padat dan dibaca dengan jujur.',
  },
  operations: {
    ...deviceOperations,
    ...pointOperations,
    ...statisticsOperations,
    ...ingestOperations,
    ...integrationOperations,
    ...analyticsOperations,
    ...importOperations,
    ...sourceOperations,
    ...boardOperations,
    ...dailyOperations,
    ...recordingOperations,
    ...projectionOperations,
  },
  events: { ...events, ...projectionEvents },
  provides: { projections },
  streams: { ...integrationStreams, ...signInStreams, ...nightscoutStreams, ...nightscoutV3Streams, ...importStreams },
})
