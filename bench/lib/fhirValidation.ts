import { parseJson, splitEntries } from '../../src/services/fhir/domain/json.ts'
import { engines } from '../../src/services/fhir/handlers/engines.ts'
import type { Sample } from './fhirPlatform.ts'
import { median } from './statistics.ts'
import { shown } from './table.ts'
export function measureValidation(samples: readonly Sample[]): string[][] {
  const { validator, extractor } = engines()
  const byType = new Map<string, { resourceType: string }[]>()
  for (const { text } of samples) {
    for (const { resource } of (JSON.parse(text) as { entry: { resource: { resourceType: string } }[] }).entry) {
      byType.set(resource.resourceType, [...(byType.get(resource.resourceType) ?? []), resource].slice(0, 400))
    }
  }
  return [...byType].sort().map(([type, resources]) => {
    const each = (work: (one: never) => unknown) => {
      const rounds = Array.from({ length: 9 }, () => {
        const startedAt = performance.now()
        for (const resource of resources) work(resource as never)
        return ((performance.now() - startedAt) * 1000) / resources.length
      })
      return shown(median(rounds.slice(2)), 1)
    }
    return [
      type,
      String(resources.length),
      each((one) => validator.validate(one)),
      each((one) => extractor.extract(one)),
    ]
  })
}

/** A Bundle of a megabyte, as one text: read and validated. */
export function measureLargeBundle(samples: readonly Sample[]): string {
  const { validator } = engines()
  const entries = samples.flatMap(({ text }) => [...(splitEntries(text)?.entries ?? [])])
  const chosen: string[] = []
  for (let size = 0; size < 1024 ** 2 && chosen.length < entries.length; size += chosen.at(-1)?.length ?? 0) {
    chosen.push(entries[chosen.length] as string)
  }
  const text = `{"resourceType":"Bundle","type":"transaction","entry":[${chosen.join(',')}]}`
  const times = { read: [] as number[], checked: [] as number[] }
  for (let round = 0; round < 15; round += 1) {
    const startedAt = performance.now()
    const bundle = parseJson(text) as { entry: { resource: never }[] }
    const readAt = performance.now()
    for (const { resource } of bundle.entry) validator.validate(resource)
    times.read.push(readAt - startedAt)
    times.checked.push(performance.now() - readAt)
  }
  return (
    `A Bundle of ${shown(text.length / 1024 ** 2, 2)} MB, ${chosen.length} resources: ` +
    `validated in ${shown(median(times.checked), 1)} ms, read in ${shown(median(times.read), 1)} ms`
  )
}
