import { type StreamRoute, stream } from '../../../kernel/contract.ts'

/**
 * The upload API of Nightscout under `/nightscout/api/v1/...` and `/nightscout/api/v3/...`, with and without `.json`:
 * uploaders are given `https://host/nightscout` as their base. A secret of ours or a bearer token opens it.
 */
const base = '/nightscout/api/v1'

/** With and without `.json`; a name at the end of a path may have it as it is. */
function aliasesOf(method: string, path: string): string[] {
  const plain = `${method} ${path}`
  return /:\w+$/.test(path) ? [plain] : [plain, `${plain}.json`]
}

function route(method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, summary: string): StreamRoute {
  return stream({
    summary,
    kind: method === 'GET' ? 'query' : 'command',
    route: `${method} /device-data${base}${path}`,
    aliases: aliasesOf(method, `${base}${path}`),
    access: { kind: 'public', category: 'devices' },
    produces: ['application/json'],
    parameters: {
      count: 'how many, at most 10,000',
      'find[field][$operator]': 'a condition: eq, ne, gt, gte, lt, lte, in, nin, re; of entries by time and type',
      token: 'a bearer token of ours or the secret of an uploader',
    },
  })
}

export const nightscoutStreams = {
  nightscoutStatus: route('GET', '/status', 'What an uploader asks first'),
  nightscoutVerify: route('GET', '/verifyauth', 'Whether the secret opens anything'),
  nightscoutTest: route('GET', '/experiments/test', 'Whether the secret opens anything, for apps that ask so'),
  entriesOfType: route('GET', '/entries/:type', 'Readings of one type, sgv or mbg, newest first'),
  postEntries: route('POST', '/entries', 'Readings of a sensor, meter or calibration'),
  getEntries: route('GET', '/entries', 'Readings, newest first'),
  postTreatments: route('POST', '/treatments', 'Insulin, carbohydrates and notes'),
  getTreatments: route('GET', '/treatments', 'Treatments, newest first'),
  postDeviceStatus: route('POST', '/devicestatus', 'States of pump, phone and sensor'),
  getDeviceStatus: route('GET', '/devicestatus', 'States, newest first'),
  getProfiles: route('GET', '/profile', 'Profiles, newest first'),
  postProfile: route('POST', '/profile', 'Basal rates, ratios and targets as the uploader has them'),
  currentEntry: route('GET', '/entries/current', 'The newest reading'),
  putTreatments: route('PUT', '/treatments', 'Treatments in another wording; each has its name'),
  deleteTreatment: route('DELETE', '/treatments/:identifier', 'A treatment, and the values that came of it'),
}

const v3 = '/nightscout/api/v3'

/** The credential is the uploader's own: a token that it was given, or its secret. */
function third(method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, summary: string): StreamRoute {
  return stream({
    summary,
    kind: method === 'GET' ? 'query' : 'command',
    route: `${method} /device-data${v3}${path}`,
    aliases: aliasesOf(method, `${v3}${path}`),
    access: { kind: 'public', ignoresCredential: true },
    produces: ['application/json'],
    parameters: { token: 'the secret of an uploader', limit: 'how many, at most 1000', skip: 'how many before' },
  })
}

/** The third version of the upload API: `{collection}` is entries, treatments, devicestatus, profile, food or settings. */
export const nightscoutV3Streams = {
  versionV3: third('GET', '/version', 'Which version answers'),
  statusV3: third('GET', '/status', 'What this uploader may do'),
  lastModifiedV3: third('GET', '/lastModified', 'When each collection last changed'),
  searchV3: third('GET', '/:collection', 'Documents by `field$operator=value`, sorted, in pages'),
  createV3: third('POST', '/:collection', 'One document, once'),
  historyV3: third('GET', '/:collection/history', 'What changed since the Last-Modified header, removed ones too'),
  historySinceV3: third('GET', '/:collection/history/:since', 'What changed since an instant, removed ones too'),
  readV3: third('GET', '/:collection/:identifier', 'One document'),
  replaceV3: third('PUT', '/:collection/:identifier', 'One document in the place of another, or a new one'),
  patchV3: third('PATCH', '/:collection/:identifier', 'Some fields of a document'),
  removeV3: third('DELETE', '/:collection/:identifier', 'A document, and the values that came of it'),
  tokenV2: stream({
    summary: 'A token of an hour for the secret of an uploader',
    kind: 'command',
    route: 'GET /device-data/nightscout/api/v2/authorization/request/:secret',
    aliases: ['GET /nightscout/api/v2/authorization/request/:secret'],
    access: { kind: 'public', ignoresCredential: true },
    produces: ['application/json'],
  }),
}
