/**
 * The version a caller means to change: the body's `version`, or an `If-Match` of `"3"`, `W/"3"` or `3`.
 * @returns null for "whatever it is" (none given, or `*`), undefined for text that is no version
 */
export function wantedVersion(input: {
  readonly version?: number | null
  readonly if_match?: string
}): number | null | undefined {
  if (input.if_match === undefined) return input.version ?? null
  const text = input.if_match.trim()
  if (text === '*') return input.version ?? null
  const match = /^(?:W\/)?"?(\d{1,9})"?$/.exec(text)
  return match === null ? undefined : Number(match[1])
}
