/** OWASP's parameters for Argon2id: 19 MiB, two passes, one lane. */
const PARAMETERS = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const

/** Hash of a random password nobody has, with the same parameters: checking against it takes the time of a real check. */
const NOBODY = '$argon2id$v=19$m=19456,t=2,p=1$c2FsdXMtbm9ib2R5LXNhbHQ$X0l5vE8l2y5KpG0n1vH2m0c8Qd2mYb2yO6uJq3kS9aE'

/** Each running hash holds 19 MiB: more than this many at once wait. */
const MAXIMUM_AT_ONCE = 2
let running = 0
const waiting: (() => void)[] = []

/** The Argon2id hash of a password, as a PHC string. */
export function hashPassword(password: string): Promise<string> {
  return inTurn(async () => (await import('@node-rs/argon2')).hash(password, PARAMETERS))
}

/**
 * Whether the password is the one behind `hash`. Without a hash (no such account, no password) the answer is no, after
 * the same work as for a wrong password.
 */
export async function isPassword(hash: string | undefined, password: string): Promise<boolean> {
  const isRight = await inTurn(async () => (await import('@node-rs/argon2')).verify(hash ?? NOBODY, password))
  return hash !== undefined && isRight
}

async function inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
  if (running >= MAXIMUM_AT_ONCE) await new Promise<void>((resolve) => waiting.push(resolve))
  else running += 1
  try {
    return await work()
  } finally {
    // The place goes to the one who waits longest, or becomes free.
    const next = waiting.shift()
    if (next === undefined) running -= 1
    else next()
  }
}
