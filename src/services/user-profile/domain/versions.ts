/**
 * Which versions an `If-Match` header accepts; undefined when it accepts any (`*`, or no header).
 * Weak and strong tags count alike, as every version is another content; a text that is no tag matches nothing.
 */
export function versionsOf(ifMatch: string | undefined): number[] | undefined {
  if (ifMatch === undefined) return undefined
  const tags = ifMatch.split(',').map((tag) => tag.trim())
  if (tags.includes('*')) return undefined
  return tags.flatMap((tag) => {
    const digits = /^(?:W\/)?"?(\d{1,9})"?$/.exec(tag)?.[1]
    return digits === undefined ? [] : [Number(digits)]
  })
}

/** The versions that both the header and the `version` of a body accept; undefined when any will do. */
export function expectedVersions(change: {
  readonly if_match?: string | undefined
  readonly version?: number | undefined
}): number[] | undefined {
  const header = versionsOf(change.if_match)
  if (change.version === undefined) return header
  return header === undefined || header.includes(change.version) ? [change.version] : []
}
