import { type Hospital, HospitalBroken, HospitalRefused } from './hospital.ts'
import { type Answer, send } from './http.ts'

type Resource = Readonly<Record<string, unknown>>

/** What is read of a person's record, in this order: each is a search in the person's compartment. */
export const READ_TYPES: Readonly<Record<string, string>> = {
  Observation: 'category=laboratory',
  Condition: '',
  AllergyIntolerance: '',
  Immunization: '',
  Procedure: '',
  MedicationRequest: '',
}

/** Pages of one kind; more than a hospital has of anybody. */
const MOST_PAGES = 200
const PAGE_SIZE = 100

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

  /** A person's resources of a type, page by page; nothing where the right does not reach so far. */
  async *pages(type: string, patient: string): AsyncGenerator<readonly Resource[], void> {
    const extra = READ_TYPES[type]
    const query = `patient=${encodeURIComponent(patient)}&_count=${PAGE_SIZE}${extra ? `&${extra}` : ''}`
    let next: string | undefined = `${this.hospital.baseUrl}/${type}?${query}`
    for (let page = 0; next !== undefined && page < MOST_PAGES; page += 1) {
      const bundle = await this.get(next, true)
      if (bundle === undefined) return
      if (bundle.resourceType !== 'Bundle') throw new HospitalBroken('The hospital’s server answered no Bundle')
      yield resourcesOf(bundle, type)
      next = this.nextOf(bundle)
    }
  }

  private async get(url: string, mayLack = false): Promise<Answer['body']> {
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
    // A type that the person did not open, or that the server has none of.
    if (mayLack && [400, 403, 404].includes(answer.status)) return undefined
    if (answer.status === 403) throw new HospitalRefused()
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
    if (typeof next?.url !== 'string') return undefined
    const url = URL.parse(next.url, `${this.hospital.baseUrl}/`)
    if (url === null || url.origin !== new URL(this.hospital.baseUrl).origin) {
      throw new HospitalBroken('The hospital’s server names a next page on another server')
    }
    return url.href
  }
}

function resourcesOf(bundle: Resource, type: string): readonly Resource[] {
  const entries = Array.isArray(bundle.entry) ? (bundle.entry as readonly unknown[]) : []
  return entries.flatMap((entry) => {
    const resource = (entry as { resource?: unknown } | null)?.resource as Resource | undefined
    return resource?.resourceType === type ? [resource] : []
  })
}
