import { covers, LAUNCH_SCOPES, type ResourceScope, readResourceScope } from '../../../shared/smartScopes.ts'

/** What is wrong with an address to send people back to; undefined when it may be registered. */
export function redirectFault(address: string): string | undefined {
  let url: URL
  try {
    url = new URL(address)
  } catch {
    return 'is no absolute address'
  }
  if (address.includes('#')) return 'must not have a fragment'
  if (/[\s"'<>\\]/.test(address)) return 'holds a character that no address has'
  if (url.username !== '' || url.password !== '') return 'must not hold a password'
  if (url.protocol === 'https:') return undefined
  if (url.protocol === 'http:') {
    return isThisMachine(url.hostname) ? undefined : 'must be https, except on the machine of the person itself'
  }
  // Schemes of apps on a phone: only those that name a domain can't be anything that a browser runs.
  return /^[a-z][a-z0-9+-]*(\.[a-z0-9+-]+)+:$/.test(url.protocol)
    ? undefined
    : 'must be https, or a scheme like com.example.app:'
}

const isThisMachine = (host: string) => host === 'localhost' || host === '127.0.0.1' || host === '[::1]'

/** What is wrong with the address of a client's keys; undefined when it may be asked. */
export function keysAddressFault(address: string, isFromOutside: boolean): string | undefined {
  let url: URL
  try {
    url = new URL(address)
  } catch {
    return 'is no absolute address'
  }
  if (url.protocol === 'http:' && isThisMachine(url.hostname) && !isFromOutside) return undefined
  if (url.protocol !== 'https:') return 'must be https'
  // Whoever registers without being asked may not make this machine call into its own network.
  const isName = /^[a-z0-9-]+(\.[a-z0-9-]+)*\.[a-z]{2,}$/.test(url.hostname)
  return isFromOutside && (!isName || /\.(local|internal|localhost)$/.test(url.hostname))
    ? 'must name a host of the public internet'
    : undefined
}

/** Whether a text is a scope that apps can be registered for. */
export function isScope(text: string): boolean {
  return (LAUNCH_SCOPES as readonly string[]).includes(text) || readResourceScope(text) !== undefined
}

/**
 * The scopes of a request that a client may be granted: those it is registered for, narrowed where it is registered for
 * less. What is unknown is left out. `level` says which scopes about resources there can be.
 */
export function grantableScopes(
  registered: readonly string[],
  wanted: readonly string[],
  level: 'person' | 'system',
): string[] {
  const granted = wanted.flatMap((text) => {
    const scope = readResourceScope(text)
    if (scope === undefined) return level === 'person' && registered.includes(text) && isScope(text) ? [text] : []
    if ((scope.level === 'system') !== (level === 'system')) return []
    return registered.some((one) => covers(one, text)) ? [text] : narrowed(registered, scope)
  })
  return [...new Set(granted)]
}

function narrowed(registered: readonly string[], wanted: ResourceScope): string[] {
  return registered.flatMap((text) => {
    const own = readResourceScope(text)
    if (own === undefined || own.level !== wanted.level) return []
    const type = own.type === '*' ? wanted.type : wanted.type === '*' || wanted.type === own.type ? own.type : undefined
    const permissions = [...wanted.permissions].filter((one) => own.permissions.includes(one)).join('')
    if (type === undefined || permissions === '') return []
    // Two different conditions at once have no form as a scope.
    if (own.query !== '' && wanted.query !== '' && own.query !== wanted.query) return []
    const query = own.query === '' ? wanted.query : own.query
    return [`${own.level}/${type}.${permissions}${query === '' ? '' : `?${query}`}`]
  })
}

const TYPES: Readonly<Record<string, string>> = {
  '*': 'everything in the health record',
  AllergyIntolerance: 'allergies',
  Appointment: 'appointments',
  CarePlan: 'care plans',
  CareTeam: 'who is in the care team',
  Condition: 'conditions and diagnoses',
  Coverage: 'insurance',
  Device: 'devices',
  DiagnosticReport: 'reports of tests',
  DocumentReference: 'documents',
  Encounter: 'visits',
  FamilyMemberHistory: 'illnesses in the family',
  Goal: 'health goals',
  Immunization: 'vaccinations',
  Medication: 'medicines',
  MedicationRequest: 'prescriptions',
  MedicationStatement: 'medicines that are taken',
  Observation: 'measurements and test results',
  Organization: 'hospitals and practices',
  Patient: 'name, birth date, contact and other personal details',
  Practitioner: 'doctors and other professionals',
  Procedure: 'operations and treatments',
  QuestionnaireResponse: 'answers to questionnaires',
}

const CATEGORIES: Readonly<Record<string, string>> = {
  'vital-signs': 'vital signs',
  laboratory: 'laboratory results',
  'social-history': 'habits, such as smoking',
  survey: 'questionnaires',
  exam: 'examinations',
  imaging: 'imaging',
  activity: 'activity',
  'problem-list-item': 'the list of problems',
  'encounter-diagnosis': 'diagnoses of visits',
  'health-concern': 'health concerns',
}

/** What a scope lets an app do, in words for the person who decides. */
export function scopeWords(text: string): string {
  switch (text) {
    case 'openid':
    case 'fhirUser':
    case 'profile':
      return 'Know who you are'
    case 'offline_access':
      return 'Keep this access while you are not using the app'
    case 'online_access':
      return 'Keep this access as long as you stay signed in here'
  }
  const scope = readResourceScope(text)
  if (scope === undefined) return 'Know from where it was opened'
  const { permissions, query } = scope
  const what = `${TYPES[scope.type] ?? `data of the kind ${scope.type}`}${query === '' ? '' : ` (only ${conditionWords(query)})`}`
  const verbs = [
    ...(/[rs]/.test(permissions) ? ['see'] : []),
    ...(permissions.includes('c') ? ['add to'] : []),
    ...(permissions.includes('u') ? ['change'] : []),
    ...(permissions.includes('d') ? ['delete from'] : []),
  ]
  const last = verbs.pop() ?? 'see'
  const list = verbs.length === 0 ? last : `${verbs.join(', ')} and ${last}`
  return `${list.charAt(0).toUpperCase()}${list.slice(1)} ${what}`
}

function conditionWords(query: string): string {
  return [...new URLSearchParams(query)]
    .map(([name, value]) => {
      const words = value.split(',').map((one) => CATEGORIES[one.split('|').at(-1) ?? ''] ?? one)
      return name === 'category' ? words.join(', ') : `${name} ${words.join(' or ')}`
    })
    .join('; ')
}
