import type { Resource } from './fhir.ts'
import { decodeTrace, durationMs, NANOVOLTS, type RecordingWords } from './recording.ts'

const ECG_CODES = 'http://hl7.org/fhir/uv/phr/CodeSystem/ecg-codes'
const CLASSIFICATIONS = 'http://hl7.org/fhir/uv/phr/CodeSystem/ecg-classification-codes'

/** What is shown of a recording. */
export interface Shown {
  readonly userId: string
  readonly source: string
  readonly startMs: number
  readonly rateHz: number
  readonly count: number
  readonly trace: Uint8Array
  readonly words: RecordingWords
}

/**
 * The words of Apple's own export for its classifications, in the languages we know them in, with their code in HL7's
 * Personal Health Records guide. Other words stay words: nothing is guessed.
 */
const CODES: readonly (readonly [code: string, words: readonly string[]])[] = [
  [
    'sinusRhythm',
    [
      ...[
        'sinus rhythm',
        'sinusrhythmus',
        'rythme sinusal',
        'ritmo sinusal',
        'ritmo sinusale',
        'sinusritme',
        'sinusrytm',
      ],
      ...['sinusrytme', 'synusowy rytm', '洞調律', '窦性心律', '竇性心律', '동리듬'],
    ],
  ],
  [
    'atrialFibrillation',
    [
      ...['atrial fibrillation', 'vorhofflimmern', 'fibrillation auriculaire', 'fibrillation atriale'],
      ...[
        'fibrilación auricular',
        'fibrillazione atriale',
        'fibrilação auricular',
        'fibrilação atrial',
        'atriumfibrilleren',
      ],
      ...[
        'boezemfibrilleren',
        'förmaksflimmer',
        'atrieflimren',
        'atrieflimmer',
        '心房細動',
        '心房颤动',
        '房颤',
        '심방세동',
      ],
    ],
  ],
  ['inconclusiveHighHeartRate', ['high heart rate']],
  ['inconclusiveLowHeartRate', ['low heart rate']],
  ['inconclusivePoorReading', ['poor recording', 'poor reading']],
  ['inconclusiveOther', ['inconclusive']],
]

/** The published code of what a device said; undefined for words that have none here. */
export function classificationCode(words: string): string | undefined {
  const plain = words.normalize('NFC').toLowerCase()
  return CODES.find(([, known]) => known.includes(plain))?.[0]
}

/** A trace as an Observation: what the device said of it is a component of its own, and no value of ours. */
export function recordingObservation({ userId, source, startMs, words, ...shown }: Shown): Resource {
  const instant = (ms: number) => new Date(ms).toISOString()
  const { classification, symptoms, device, software, lead } = words
  const code = classification === null ? undefined : classificationCode(classification)
  return {
    resourceType: 'Observation',
    meta: { source: `urn:salus:source:${source}` },
    status: 'final',
    category: [
      {
        coding: [{ system: 'http://terminology.hl7.org/CodeSystem/observation-category', code: 'procedure' }],
      },
    ],
    code: { coding: [{ system: 'http://loinc.org', code: '11524-6', display: 'EKG study' }], text: 'ECG' },
    subject: { reference: `Patient/${userId}` },
    effectivePeriod: { start: instant(startMs), end: instant(startMs + durationMs(shown)) },
    device: { display: [device ?? source, software].filter((part) => part !== null).join(', ') },
    component: [
      ...(classification === null
        ? []
        : [
            {
              code: { coding: [{ system: ECG_CODES, code: 'classification' }], text: 'Said by the device' },
              valueCodeableConcept: {
                ...(code === undefined ? {} : { coding: [{ system: CLASSIFICATIONS, code }] }),
                text: classification,
              },
            },
          ]),
      ...(symptoms === null
        ? []
        : [{ code: { text: 'Symptoms that the person told the device' }, valueString: symptoms }]),
      tracePart(shown, lead),
    ],
  }
}

function tracePart({ rateHz, trace }: Pick<Shown, 'rateHz' | 'trace'>, lead: string | null) {
  return {
    code: {
      coding: [{ system: 'urn:iso:std:iso:11073:10101', code: '131329', display: 'MDC_ECG_ELEC_POTL_I' }],
      text: lead ?? 'Lead I',
    },
    valueSampledData: {
      origin: { value: 0, unit: 'uV', system: 'http://unitsofmeasure.org', code: 'uV' },
      // Milliseconds between two values.
      period: Number((1000 / rateHz).toPrecision(12)),
      factor: 1 / NANOVOLTS,
      dimensions: 1,
      data: decodeTrace(trace).join(' '),
    },
  }
}
