/** A day as the person has it, `YYYY-MM-DD`; today unless another instant is given. */
export function today(at = new Date()): string {
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 10)
}

/** Noon of a day; now for today, whose noon may lie ahead. */
export function dayOf(text: string | undefined): string {
  if (text === today()) return new Date().toISOString()
  const noon = new Date(`${text ?? ''}T12:00:00`)
  return Number.isNaN(noon.getTime()) ? (text ?? '') : noon.toISOString()
}
