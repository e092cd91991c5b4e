import { HOSPITAL_KINDS, type HospitalKind } from '../../domain/hospitalKinds.ts'
import { type Hospital, HospitalBroken, HospitalNotOpen, HospitalRefused } from './hospital.ts'
import { type Answer, LARGEST_PAGE_BYTES, parsed, partsOf, send, sendFor } from './http.ts'
import { inlined, resourcesOf, tellingTypes } from './resources.ts'

type Resource = Readonly<Record<string, unknown>>

/** Pages of one kind; more than a hospital has of anybody. */
const MOST_PAGES = 200
const PAGE_SIZE = 100
/** A file may take longer than a page. */
const FILE_TIMEOUT_MS = 120_000

/** Asks a hospital's FHIR server with the person's token; `renew` gives a new one, once, when it is not taken. */
export class HospitalRecord {
  private readonly hospital: Hospital
  private token: string
  private readonly renew: () => Promise<string>

  constructor(hospital: Hospital, token: string, renew: () => Promise<string>) {
    this.hospital = hospital
    this.token = token
    this.renew = renew
  }

  /** The person as the hospital knows them. */
  async patient(id: string): Promise<Resource> {
    const body = await this.get(`${this.hospital.baseUrl}/Patient/${encodeURIComponent(id)}`)
    if (body?.resourceType !== 'Patient') throw new HospitalBroken('The hospital’s server has no such patient')
    return body
  }

  /** Types whose searches the server says it narrows by when a resource changed; none where it says nothing. */
  async tellingChanges(): Promise<ReadonlySet<string>> {
    try {
      return tellingTypes(await this.get(`${this.hospital.baseUrl}/metadata`))
    } catch (error) {
      if (error instanceof HospitalBroken || error instanceof HospitalNotOpen) return new Set()
      throw error
    }
  }

  /** The ids of all resources of a kind that are there now. */
  async ids(kind: HospitalKind, patient: string): Promise<Set<string>> {
    const ids = new Set<string>()
    for await (const page of this.pages({ ...kind, extra: `${kind.extra}&_elements=id` }, patient)) {
      for (const { id } of page) ids.add(String(id))
    }
    return ids
  }

  /** Whether a resource (`Type/id`) is not there any more; one that may not be looked at is no answer. */
  async isGone(reference: string): Promise<boolean> {
    try {
      await this.get(`${this.hospital.baseUrl}/${reference.split('/').map(encodeURIComponent).join('/')}`)
      return false
    } catch (error) {
      return error instanceof HospitalNotOpen ? error.status === 404 || error.status === 410 : orThrow(error)
    }
  }

  /**
   * A person's resources of a kind, page by page, those that changed since a time where the server can tell.
   * @throws HospitalNotOpen where the right does not reach so far, or the server has none of it
   */
  async *pages(kind: HospitalKind, patient: string, since?: string): AsyncGenerator<readonly Resource[], void> {
    const base = `${this.hospital.baseUrl}/${kind.type}?patient=${encodeURIComponent(patient)}${kind.query}&_count=${PAGE_SIZE}`
    const changed = since === undefined ? '' : `&_lastUpdated=gt${encodeURIComponent(since)}`
    let bundle = await this.firstOf(base, kind.extra, changed)
    for (let page = 0; page < MOST_PAGES; page += 1) {
      if (bundle?.resourceType !== 'Bundle') throw new HospitalBroken('The hospital’s server answered no Bundle')
      yield inlined(resourcesOf(bundle), kind.type)
      const next = this.nextOf(bundle)
      if (next === undefined) return
      bundle = await this.get(next)
    }
    throw new HospitalBroken('The hospital’s server has more pages than are read at once')
  }

  /** The first page of a type, as it is now; nothing where the right does not reach so far. */
  async firstPage(type: string, patient: string): Promise<readonly Resource[]> {
    const kind = HOSPITAL_KINDS.find((one) => one.type === type) ?? { name: type, type, query: '', extra: '' }
    try {
      const first = await this.pages(kind, patient).next()
      return first.done === true ? [] : first.value
    } catch (error) {
      if (error instanceof HospitalNotOpen) return []
      throw error
    }
  }

  /** A file, as its bytes come; a Binary in JSON is unpacked. Throws HospitalBroken where it can't be had. */
  async file(address: string, contentType: string, largestBytes: number): Promise<AsyncIterable<Uint8Array>> {
    const url = this.ownAddress(address)
    const accept = contentType === '' ? '*/*' : `${contentType}, */*;q=0.5`
    const ask = () => sendFor(url, { headers: { accept, authorization: `Bearer ${this.token}` } }, FILE_TIMEOUT_MS)
    let answer = await ask()
    if (answer.status === 401) {
      await answer.body?.cancel()
      this.token = await this.renew()
      answer = await ask()
    }
    if (answer.status !== 200) {
      await answer.body?.cancel()
      if (answer.status === 401) throw new HospitalRefused()
      throw new HospitalBroken(`The hospital’s server answered ${answer.status}`)
    }
    const isPacked = /^application\/(fhir\+)?json/.test(answer.headers.get('content-type') ?? '')
    if (!isPacked || /json/.test(contentType)) return partsOf(answer, largestBytes)
    const parts: Uint8Array[] = []
    for await (const part of partsOf(answer, Math.min(largestBytes * 1.5, 8 * LARGEST_PAGE_BYTES))) parts.push(part)
    const binary = parsed(Buffer.concat(parts).toString())
    const { data } = binary ?? {}
    if (binary?.resourceType !== 'Binary' || typeof data !== 'string') {
      throw new HospitalBroken('The hospital’s server answered no file')
    }
    return partsOf(new Response(Buffer.from(data, 'base64')), largestBytes)
  }

  private async firstOf(base: string, extra: string, changed: string): Promise<Answer['body']> {
    // What a server refuses to be asked for is left out, one after the other.
    const ways = [...new Set([`${base}${extra}${changed}`, `${base}${changed}`, `${base}${extra}`, base])]
    for (const [index, url] of ways.entries()) {
      const body = await this.get(url, index < ways.length - 1)
      if (body !== undefined) return body
    }
    return undefined
  }

  /** Undefined for 400 where another way is left. */
  private async get(url: string, mayRefuse = false): Promise<Answer['body']> {
    const ask = () =>
      send(
        url,
        { headers: { accept: 'application/fhir+json', authorization: `Bearer ${this.token}` } },
        this.hospital.timeoutMs,
      )
    let answer = await ask()
    if (answer.status === 401) {
      this.token = await this.renew()
      answer = await ask()
    }
    if (answer.status === 401) throw new HospitalRefused()
    if (mayRefuse && answer.status === 400) return undefined
    if ([400, 403, 404, 410].includes(answer.status)) throw new HospitalNotOpen(answer.status)
    if (answer.status !== 200 || answer.body === undefined) {
      throw new HospitalBroken(`The hospital’s server answered ${answer.status}`)
    }
    return answer.body
  }

  /** The next page, on the same server: the token goes nowhere that an answer names. */
  private nextOf(bundle: Resource): string | undefined {
    const links = Array.isArray(bundle.link) ? (bundle.link as readonly unknown[]) : []
    const next = links.find((one) => (one as { relation?: unknown } | null)?.relation === 'next') as
      | { readonly url?: unknown }
      | undefined
    return typeof next?.url === 'string' ? this.ownAddress(next.url, 'a next page') : undefined
  }

  private ownAddress(address: string, what = 'a file'): string {
    const url = URL.parse(address, `${this.hospital.baseUrl}/`)
    if (url === null || url.origin !== new URL(this.hospital.baseUrl).origin) {
      throw new HospitalBroken(`The hospital’s server names ${what} on another server`)
    }
    return url.href
  }
}

function orThrow(error: unknown): never {
  throw error
}
