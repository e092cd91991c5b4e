/** Codes of HL7 v3 (RoleCode) that mean the same relative, by our word. */
const CODES: Readonly<Record<string, string>> = {
  mother: 'MTH NMTH',
  father: 'FTH NFTH',
  sister: 'SIS NSIS TWINSIS FTWINSIS ITWINSIS',
  brother: 'BRO NBRO TWINBRO FTWINBRO ITWINBRO',
  daughter: 'DAU DAUC',
  son: 'SON SONC',
  maternal_grandmother: 'MGRMTH',
  maternal_grandfather: 'MGRFTH',
  paternal_grandmother: 'PGRMTH',
  paternal_grandfather: 'PGRFTH',
  aunt: 'AUNT MAUNT PAUNT',
  uncle: 'UNCLE MUNCLE PUNCLE',
  cousin: 'COUSN MCOUSN PCOUSN',
}
const WORDS = new Map(Object.entries(CODES).flatMap(([word, codes]) => codes.split(' ').map((code) => [code, word])))

/**
 * The relative that a code of HL7 v3 (RoleCode) means, or else its English name; `other` for what neither tells.
 * @param name such as `Natural mother`
 */
export function relationOf(code: string | null | undefined, name?: string | null): string {
  const known = WORDS.get(code ?? '')
  if (known !== undefined) return known
  const word = (name ?? '')
    .toLowerCase()
    .replace(/^(natural|biological) /, '')
    .replaceAll(' ', '_')
  return Object.hasOwn(CODES, word) ? word : 'other'
}
