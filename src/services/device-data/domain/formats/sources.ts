/** Makers told by what a file calls its source; whatever a person named their phone stays out of the name. */
const KNOWN: readonly (readonly [pattern: RegExp, source: string])[] = [
  [/apple\s*watch|\bwatch\b/i, 'apple-watch'],
  [/iphone/i, 'iphone'],
  [/ipad/i, 'ipad'],
  [/dexcom|clarity/i, 'dexcom'],
  [/libre/i, 'libreview'],
  [/oura/i, 'oura'],
  [/withings|health mate/i, 'withings'],
  [/fitbit/i, 'fitbit'],
  [/garmin/i, 'garmin'],
  [/whoop/i, 'whoop'],
  [/polar/i, 'polar'],
  [/suunto/i, 'suunto'],
  [/omron/i, 'omron'],
  [/samsung/i, 'samsung'],
  [/nightscout|xdrip|loop/i, 'nightscout'],
  [/google\s*fit|com\.google\.android\.gms/i, 'google-fit'],
]

const LONGEST = 40

/**
 * A stable source name of what a file calls the device or app: makers by name, others in small letters and hyphens.
 * @param fallback for a text without any letter or digit
 */
export function sourceOf(text: string | undefined, fallback: string): string {
  if (text === undefined || text === '') return fallback
  const known = KNOWN.find(([pattern]) => pattern.test(text))
  if (known !== undefined) return known[1]
  // "Ana’s Scale" is a scale: whose it is belongs in no name.
  const bare = text.replace(/^.*['’]s\s+/, '')
  const plain = bare
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, LONGEST)
    .replaceAll(/^-+|-+$/g, '')
  return plain === '' ? fallback : plain
}

/** `sourceOf`, each text looked at once. */
export function sourceNames(fallback: string): (text: string | undefined) => string {
  const kept = new Map<string, string>()
  return (text) => {
    if (text === undefined) return fallback
    const known = kept.get(text)
    if (known !== undefined) return known
    const made = sourceOf(text, fallback)
    if (kept.size < 1000) kept.set(text, made)
    return made
  }
}
