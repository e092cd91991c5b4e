const RULES = new Intl.PluralRules('ar')

/** A number with its noun as Arabic counts: none, one and two are words, the others stand after the digits. */
export function count(
  n: number,
  zero: string,
  one: string,
  two: string,
  few: string,
  many: string,
  other: string,
): string {
  const forms = { zero, one, two, few: `${n} ${few}`, many: `${n} ${many}`, other: `${n} ${other}` }
  return forms[RULES.select(n)]
}
