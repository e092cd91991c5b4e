type Content = Record<string, string | number | null>

/** Members of each kind of value; `info_value` is the name of a critical value, whose plain name is a number's. */
const MEMBERS: Readonly<Record<string, readonly string[]>> = {
  lab: [
    ...['test_name', 'value', 'comparator', 'value_text', 'unit', 'reference_low', 'reference_high', 'reference_text'],
    ...['flag', 'observed_on'],
  ],
  medication: ['name', 'dosage', 'frequency', 'duration', 'instructions'],
  diagnosis: ['text'],
  imaging_study: ['name', 'observed_on'],
  critical_info: ['info_type', 'info_value'],
}

/** What was read with what the person changed; a fault where a change is of another kind or leaves nothing. */
export function correctedContent(
  kind: string,
  read: Content,
  given: Readonly<Record<string, string | number | null | undefined>>,
): { content: Content } | { field: string; fault: string } {
  const members = MEMBERS[kind] ?? []
  const changes = Object.entries(given).filter(([, value]) => value !== undefined)
  const [first] = changes
  if (first === undefined) return { field: members[0] ?? 'value', fault: 'or another member must be given' }
  const strange = changes.find(([name]) => !members.includes(name))
  if (strange !== undefined) return { field: strange[0], fault: `is no member of a value of this kind (${kind})` }
  const content: Content = { ...read }
  for (const [name, value] of changes) content[name === 'info_value' ? 'value' : name] = value ?? null
  // A number that was typed is the result; words beside it would say something else.
  if (kind === 'lab' && typeof given.value === 'number' && given.value_text === undefined) content.value_text = null
  if (kind === 'lab' && content.value === null && content.value_text === null) {
    return { field: 'value', fault: 'or value_text must be given' }
  }
  const { reference_low: low, reference_high: high } = content
  if (typeof low === 'number' && typeof high === 'number' && low >= high) {
    return { field: 'reference_low', fault: 'must be below reference_high' }
  }
  return { content }
}
