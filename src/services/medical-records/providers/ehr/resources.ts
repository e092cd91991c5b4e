type Resource = Readonly<Record<string, unknown>>

/** The resources of a page, what comes along with them among them. */
export function resourcesOf(bundle: Resource): readonly Resource[] {
  const entries = Array.isArray(bundle.entry) ? (bundle.entry as readonly unknown[]) : []
  return entries.flatMap((entry) => {
    const resource = (entry as { resource?: unknown } | null)?.resource
    return typeof resource === 'object' && resource !== null ? [resource as Resource] : []
  })
}

/** Those of a type; the name of a medicine that came along as a resource of its own stands in what names it. */
export function inlined(resources: readonly Resource[], type: string): readonly Resource[] {
  const medicines = new Map(
    resources.filter((one) => one.resourceType === 'Medication').map((one) => [`Medication/${one.id}`, one.code]),
  )
  return resources
    .filter((one) => one.resourceType === type)
    .map((one) => {
      const reference = (one.medicationReference as { readonly reference?: unknown } | undefined)?.reference
      const code = typeof reference === 'string' ? medicines.get(reference.split('/').slice(-2).join('/')) : undefined
      return code === undefined || one.medicationCodeableConcept !== undefined
        ? one
        : { ...one, medicationCodeableConcept: code }
    })
}

/** The types of a CapabilityStatement whose searches take `_lastUpdated`, named there or for all types at once. */
export function tellingTypes(statement: Resource | undefined): ReadonlySet<string> {
  const rests = listIn(statement?.rest).filter((rest) => rest.mode === undefined || rest.mode === 'server')
  const types = rests.flatMap((rest) => {
    const isForAll = hasLastUpdated(rest)
    return listIn(rest.resource)
      .filter((one) => isForAll || hasLastUpdated(one))
      .map(({ type }) => String(type))
  })
  return new Set(types)
}

const hasLastUpdated = (holder: Resource) => listIn(holder.searchParam).some(({ name }) => name === '_lastUpdated')

function listIn(value: unknown): readonly Resource[] {
  const all: readonly unknown[] = Array.isArray(value) ? value : []
  return all.filter((one): one is Resource => typeof one === 'object' && one !== null)
}
