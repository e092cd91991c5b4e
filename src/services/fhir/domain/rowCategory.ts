import { isObject, listOf, parseJson } from './json.ts'

/** What a laboratory found: its values (Observation) and the reports that group them (DiagnosticReport, HL7 table 0074). */
const OF_LABORATORIES: Readonly<Record<string, string>> = { Observation: 'laboratory', DiagnosticReport: 'LAB' }

/** Under which category of the record a resource stands that no service owns, by its own words. */
export function rowCategory(type: string, content: string): 'diagnostics' | 'health_records' {
  const code = OF_LABORATORIES[type]
  // Only what could be is parsed.
  if (code === undefined || !content.includes(`"${code}"`)) return 'health_records'
  const resource = parseJson(content)
  const codings = listOf(isObject(resource) ? resource.category : undefined).flatMap((one) =>
    listOf(isObject(one) ? one.coding : undefined),
  )
  return codings.some((one) => isObject(one) && one.code === code) ? 'diagnostics' : 'health_records'
}
