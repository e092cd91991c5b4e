import { type Language, LOCALES } from '../../../shared/languages.ts'
import { covers, LAUNCH_SCOPES, type ResourceScope, readResourceScope } from '../../../shared/smartScopes.ts'
import { authTexts } from '../texts/texts.ts'

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

/** What a scope lets an app do, in words for the person who decides. */
export function scopeWords(text: string, language: Language = 'en'): string {
  const t = authTexts(language).scopes
  switch (text) {
    case 'openid':
    case 'fhirUser':
    case 'profile':
      return t.identity
    case 'offline_access':
      return t.offline
    case 'online_access':
      return t.online
  }
  const scope = readResourceScope(text)
  if (scope === undefined) return t.launch
  const { permissions, query } = scope
  const type = t.types[scope.type] ?? t.otherType(scope.type)
  const what = query === '' ? type : t.only(type, conditionWords(query, language))
  const verbs = [
    ...(/[rs]/.test(permissions) ? [t.see] : []),
    ...(permissions.includes('c') ? [t.add] : []),
    ...(permissions.includes('u') ? [t.change] : []),
    ...(permissions.includes('d') ? [t.delete] : []),
  ]
  return t.may(new Intl.ListFormat(LOCALES[language]).format(verbs.length === 0 ? [t.see] : verbs), what)
}

function conditionWords(query: string, language: Language): string {
  const { categories } = authTexts(language).scopes
  const or = new Intl.ListFormat(LOCALES[language], { type: 'disjunction' })
  return [...new URLSearchParams(query)]
    .map(([name, value]) => {
      const words = value.split(',').map((one) => categories[one.split('|').at(-1) ?? ''] ?? one)
      return name === 'category' ? or.format(words) : `${name} ${or.format(words)}`
    })
    .join('; ')
}
