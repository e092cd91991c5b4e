import { type StreamRoute, stream } from '../../../kernel/contract.ts'

/**
 * The upload API of Nightscout under `/nightscout/api/v1/...` and `/nightscout/api/v3/...`, with and without `.json`:
 * uploaders are given `https://host/nightscout` as their base. A secret of ours or a bearer token opens it.
 */
const base = '/nightscout/api/v1'

function route(method: 'GET' | 'POST' | 'DELETE', path: string, summary: string): StreamRoute {
  return stream({
    summary,
    kind: method === 'GET' ? 'query' : 'command',
    route: `${method} /device-data${base}${path}`,
    aliases: [`${method} ${base}${path}`, `${method} ${base}${path}.json`],
    access: { kind: 'public', category: 'devices' },
    produces: ['application/json'],
    parameters: { count: 'how many, at most 1000', token: 'a bearer token of ours or the secret of an uploader' },
  })
}

export const nightscoutStreams = {
  nightscoutStatus: route('GET', '/status', 'What an uploader asks first'),
  nightscoutVerify: route('GET', '/verifyauth', 'Whether the secret opens anything'),
  postEntries: route('POST', '/entries', 'Readings of a sensor, meter or calibration'),
  getEntries: route('GET', '/entries', 'Readings, newest first'),
  postTreatments: route('POST', '/treatments', 'Insulin, carbohydrates and notes'),
  getTreatments: route('GET', '/treatments', 'Treatments, newest first'),
  postDeviceStatus: route('POST', '/devicestatus', 'States of pump, phone and sensor'),
  getDeviceStatus: route('GET', '/devicestatus', 'States, newest first'),
  postDocumentV3: stream({
    summary: 'One document of the third version of the API',
    kind: 'command',
    route: 'POST /device-data/nightscout/api/v3/:collection',
    aliases: ['POST /nightscout/api/v3/:collection'],
    access: { kind: 'public', category: 'devices' },
    produces: ['application/json'],
  }),
}
