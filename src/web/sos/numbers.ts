/**
 * Emergency numbers by country: the facts collected in the project's reference (`emergency_numbers_curated`, cross-checked
 * there with the short numbers of libphonenumber). A country that is missing has none here: the person chooses or dials.
 * `all` reaches every service; `mobile` and `alternative` do as well.
 */
export interface EmergencyNumbers {
  readonly all?: string
  readonly alternative?: string
  readonly mobile?: string
  readonly ambulance?: string
  readonly police?: string
  readonly fire?: string
}

/** In the order in which a row below names its numbers; a gap is a number that the country does not have. */
const SERVICES = ['all', 'ambulance', 'police', 'fire', 'mobile', 'alternative'] as const

/** By ISO 3166 code. */
const ROWS: Readonly<Record<string, string>> = {
  AE: ',998,999,997',
  AR: '911,107,101,100',
  AT: '112,144,133,122',
  AU: '000,,,,112',
  BD: '999',
  BE: '112,,101',
  BR: ',192,190,193',
  CA: '911',
  CH: '112,144,117,118',
  CL: ',131,133,132',
  CN: ',120,110,119',
  CO: '123',
  DE: '112,,110',
  DK: '112',
  EG: ',123,122,180',
  ES: '112',
  FI: '112',
  FR: '112,15,17,18',
  GB: '999,,,,,112',
  GH: '112,193,191,192',
  GR: '112,166,100,199',
  HK: '999',
  ID: '112,118,110,113',
  IE: '112,,,,,999',
  IL: ',101,100,102',
  IN: '112,108,100,101',
  IT: '112,118',
  JP: ',119,110,119',
  KE: '999,,,,,112',
  KR: ',119,112,119',
  LK: ',1990,119,110',
  MX: '911',
  MY: '999',
  NG: '112',
  NL: '112',
  NO: ',113,112,110',
  NP: ',102,100,101',
  NZ: '111',
  PE: ',106,105,116',
  PH: '911',
  PK: ',1122,15,16',
  PL: '112,999,997,998',
  PT: '112',
  QA: '999',
  RU: '112,103,102,101',
  SA: '911,997,999,998',
  SE: '112',
  SG: ',995,999,995',
  TH: ',1669,191,199',
  TR: '112',
  TW: ',119,110',
  UA: '112,103,102,101',
  US: '911',
  VN: ',115,113,114',
  ZA: ',10177,10111,,112',
}

/** By ISO 3166 code. */
export const NUMBERS: Readonly<Record<string, EmergencyNumbers>> = Object.fromEntries(
  Object.entries(ROWS).map(([code, row]) => {
    const numbers = row.split(',').map((number, place) => [SERVICES[place] as string, number] as const)
    return [code, Object.fromEntries(numbers.filter(([, number]) => number !== '')) as EmergencyNumbers]
  }),
)

/** The number to call first: the one for everything, else the ambulance. */
export function firstNumber({ all, ambulance }: EmergencyNumbers): string | undefined {
  return all ?? ambulance
}

/** The code of a country as the profile says it (a code, or a name in English or `language`); undefined when unknown. */
export function countryCode(said: string | null | undefined, language: string): string | undefined {
  const wanted = said?.trim().toLowerCase() ?? ''
  if (wanted === '') return undefined
  const names = [new Intl.DisplayNames('en', { type: 'region' }), new Intl.DisplayNames(language, { type: 'region' })]
  const fits = (code: string) =>
    code.toLowerCase() === wanted || names.some((one) => one.of(code)?.toLowerCase() === wanted)
  return Object.keys(NUMBERS).find(fits)
}
