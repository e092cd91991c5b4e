/** A note without spaces around it, and with single ones inside; undefined when nothing is left. */
export function tidyNote(text: string): string | undefined {
  const tidy = text.trim().replaceAll(/\s+/g, ' ')
  return tidy === '' ? undefined : tidy
}
