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

/** By ISO 3166 code. */
export const NUMBERS: Readonly<Record<string, EmergencyNumbers>> = {
  AE: { ambulance: '998', police: '999', fire: '997' },
  AR: { all: '911', ambulance: '107', police: '101', fire: '100' },
  AT: { all: '112', ambulance: '144', police: '133', fire: '122' },
  AU: { all: '000', mobile: '112' },
  BD: { all: '999' },
  BE: { all: '112', police: '101' },
  BR: { ambulance: '192', police: '190', fire: '193' },
  CA: { all: '911' },
  CH: { all: '112', ambulance: '144', police: '117', fire: '118' },
  CL: { ambulance: '131', fire: '132', police: '133' },
  CN: { ambulance: '120', police: '110', fire: '119' },
  CO: { all: '123' },
  DE: { all: '112', police: '110' },
  DK: { all: '112' },
  EG: { ambulance: '123', police: '122', fire: '180' },
  ES: { all: '112' },
  FI: { all: '112' },
  FR: { all: '112', ambulance: '15', police: '17', fire: '18' },
  GB: { all: '999', alternative: '112' },
  GH: { all: '112', ambulance: '193', police: '191', fire: '192' },
  GR: { all: '112', ambulance: '166', police: '100', fire: '199' },
  HK: { all: '999' },
  ID: { all: '112', ambulance: '118', police: '110', fire: '113' },
  IE: { all: '112', alternative: '999' },
  IL: { ambulance: '101', police: '100', fire: '102' },
  IN: { all: '112', ambulance: '108', police: '100', fire: '101' },
  IT: { all: '112', ambulance: '118' },
  JP: { ambulance: '119', fire: '119', police: '110' },
  KE: { all: '999', alternative: '112' },
  KR: { ambulance: '119', fire: '119', police: '112' },
  LK: { ambulance: '1990', police: '119', fire: '110' },
  MX: { all: '911' },
  MY: { all: '999' },
  NG: { all: '112' },
  NL: { all: '112' },
  NO: { ambulance: '113', police: '112', fire: '110' },
  NP: { ambulance: '102', police: '100', fire: '101' },
  NZ: { all: '111' },
  PE: { ambulance: '106', police: '105', fire: '116' },
  PH: { all: '911' },
  PK: { ambulance: '1122', police: '15', fire: '16' },
  PL: { all: '112', ambulance: '999', police: '997', fire: '998' },
  PT: { all: '112' },
  QA: { all: '999' },
  RU: { all: '112', ambulance: '103', police: '102', fire: '101' },
  SA: { all: '911', ambulance: '997', police: '999', fire: '998' },
  SE: { all: '112' },
  SG: { ambulance: '995', fire: '995', police: '999' },
  TH: { ambulance: '1669', police: '191', fire: '199' },
  TR: { all: '112' },
  TW: { ambulance: '119', police: '110' },
  UA: { all: '112', ambulance: '103', police: '102', fire: '101' },
  US: { all: '911' },
  VN: { ambulance: '115', police: '113', fire: '114' },
  ZA: { ambulance: '10177', police: '10111', mobile: '112' },
}

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
