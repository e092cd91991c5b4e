const MINIMUM_LENGTH = 8
const MAXIMUM_LENGTH = 256

/** The usual first guesses, in lower case without digits and signs at the end. */
const COMMON = new Set(
  (
    'password passw0rd pass letmein welcome admin qwerty qwertyuiop abc abcd iloveyou monkey dragon football baseball ' +
    'sunshine princess master hello freedom whatever trustno login starwars superman batman test testpass testing ' +
    'changeme secret default user guest temp summer winter spring autumn india mumbai delhi doctor health salus'
  ).split(' '),
)

/** What is wrong with a new password; undefined when it may be used. */
export function passwordFault(password: string): string | undefined {
  if (password.length < MINIMUM_LENGTH) return `must have at least ${MINIMUM_LENGTH} characters`
  if (password.length > MAXIMUM_LENGTH) return `must have at most ${MAXIMUM_LENGTH} characters`
  if (password !== password.trim()) return 'must not begin or end with a space'
  if (!/\p{L}/u.test(password)) return 'must contain a letter'
  if (!/\p{Nd}/u.test(password)) return 'must contain a digit'
  return undefined
}

/** What the owner should know about a password that may be used. */
export function passwordWarnings(password: string): string[] {
  const core = password.toLowerCase().replace(/[\d\W_]+$/u, '')
  const isRepeated = new Set(password).size <= 3
  return COMMON.has(core) || isRepeated ? ['This password is easy to guess; choose a longer phrase of your own.'] : []
}
