import type { Sample } from '../domain/sample.ts'

/** A sample of a maker: the source is that of the device it comes through. */
export type MakerSample = Omit<Sample, 'source'>

/** What came of one kind of data, and up to where it is complete. */
export interface MakerPage {
  readonly kind: string
  readonly samples: readonly MakerSample[]
  /** Everything before is read; undefined while there is more of the same time. */
  readonly completeUntil?: Date
}

export interface MakerRange {
  /** From where each kind is wanted. */
  readonly fromOf: (kind: string) => Date
  /** Up to where a kind was read before; undefined where it never was. */
  readonly readUntil: (kind: string) => Date | undefined
  readonly until: Date
}

/** Asks the maker's API for JSON with the person's token. */
export interface MakerApi {
  get(path: string, query?: Readonly<Record<string, string>>): Promise<unknown>
  postForm(path: string, form: Readonly<Record<string, string>>): Promise<unknown>
}

/** A maker whose API we speak. */
export interface Maker {
  readonly name: string
  readonly label: string
  readonly signInUrl: string
  readonly tokenUrl: string
  readonly apiUrl: string
  readonly clientId: string | undefined
  readonly clientSecret: string | undefined
  readonly scope: string
  readonly dataTypes: readonly string[]
  /** Withings answers 200 to everything, with the status inside, and wants an action in the body. */
  readonly isWrapped: boolean
  /** Fitbit wants the client's secret as Basic, the others in the body. */
  readonly sendsBasic: boolean
  read(api: MakerApi, range: MakerRange): AsyncGenerator<MakerPage, void>
  /** The account's name at the maker, where the tokens do not tell it. */
  identify?(api: MakerApi): Promise<string | undefined>
  /** Asks for notices of new data: `url` is an address that nobody else is told, `name` one of the subscription. */
  subscribe?(api: MakerApi, notice: { readonly url: string; readonly name: string }): Promise<void>
}

export interface Tokens {
  readonly accessToken: string
  readonly refreshToken: string | undefined
  readonly expiresInSeconds: number | undefined
  readonly scope: string
  readonly externalUser: string | undefined
}

/** The maker asks to come back later. */
export class MakerBusy extends Error {
  readonly retryAfterSeconds: number

  constructor(retryAfterSeconds: number) {
    super('The maker asks to come back later')
    this.name = 'MakerBusy'
    this.retryAfterSeconds = retryAfterSeconds
  }
}

/** The right to the person's data has ended: only the person can give it again. */
export class MakerRefused extends Error {
  constructor() {
    super('The maker no longer gives out the data of this person')
    this.name = 'MakerRefused'
  }
}

/** The maker answered what it never should; the message says which, without personal data. */
export class MakerBroken extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'MakerBroken'
  }
}

/** The members of a list in an answer; throws `MakerBroken` where there is none. */
export function listIn(answer: unknown, name: string): Readonly<Record<string, unknown>>[] {
  const list = (answer as Readonly<Record<string, unknown>> | null)?.[name]
  if (!Array.isArray(list)) throw new MakerBroken(`The answer has no list "${name}"`)
  return list.filter((one) => typeof one === 'object' && one !== null)
}

/** A finite number, also where it is written as text; undefined for anything else. */
export function numberIn(value: unknown): number | undefined {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined
}

export function textIn(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}
