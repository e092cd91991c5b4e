import type { ClinicalEntry } from '../../contract/clinical.ts'
import { without } from './observation.ts'

type Resource = { readonly resourceType: string } & Record<string, unknown>

/** Addresses of code systems that people name shortly. */
const SYSTEMS: Readonly<Record<string, string>> = {
  snomed: 'http://snomed.info/sct',
  'snomed-ct': 'http://snomed.info/sct',
  'icd-10': 'http://hl7.org/fhir/sid/icd-10',
  'icd-10-cm': 'http://hl7.org/fhir/sid/icd-10-cm',
  rxnorm: 'http://www.nlm.nih.gov/research/umls/rxnorm',
  cvx: 'http://hl7.org/fhir/sid/cvx',
  loinc: 'http://loinc.org',
  atc: 'http://www.whocc.no/atc',
}
const TERMINOLOGY = 'http://terminology.hl7.org/CodeSystem'
/** HL7 v3 RoleCode of each relation. */
export const ROLES: Readonly<Record<string, string>> = {
  mother: 'MTH',
  father: 'FTH',
  sister: 'SIS',
  brother: 'BRO',
  daughter: 'DAU',
  son: 'SON',
  maternal_grandmother: 'MGRMTH',
  maternal_grandfather: 'MGRFTH',
  paternal_grandmother: 'PGRMTH',
  paternal_grandfather: 'PGRFTH',
  aunt: 'AUNT',
  uncle: 'UNCLE',
  cousin: 'COUSN',
  other: 'FAMMEMB',
}

/** An entry as the R4 resource of its kind. */
export function clinicalResource(entry: ClinicalEntry): Resource {
  const facts = {
    code: codeOf(entry),
    subject: { reference: `Patient/${entry.user_id}` },
    note: entry.notes === null ? undefined : [{ text: entry.notes }],
  }
  switch (entry.kind) {
    case 'conditions':
      return condition(entry, facts)
    case 'allergies':
      return allergy(entry, facts)
    case 'immunizations':
      return immunization(entry, facts)
    case 'procedures':
      return procedure(entry, facts)
    case 'family-history':
      return familyHistory(entry, facts)
    case 'medications':
      return medicationStatement(entry, facts)
  }
}

interface Facts {
  readonly code: { readonly text: string }
  readonly subject: { readonly reference: string }
  readonly note: unknown
}

function condition(entry: ClinicalEntry, { code, subject, note }: Facts): Resource {
  const { severity, verification, body_site } = entry.detail
  const isRefuted = verification === 'refuted'
  return without({
    resourceType: 'Condition',
    clinicalStatus: isRefuted ? undefined : coded(`${TERMINOLOGY}/condition-clinical`, entry.status),
    verificationStatus:
      verification === undefined ? undefined : coded(`${TERMINOLOGY}/condition-ver-status`, String(verification)),
    category: [coded(`${TERMINOLOGY}/condition-category`, 'problem-list-item')],
    severity: severity === undefined ? undefined : { text: String(severity) },
    code,
    bodySite: body_site === undefined ? undefined : [{ text: String(body_site) }],
    subject,
    onsetDateTime: entry.started_on ?? undefined,
    abatementDateTime: entry.ended_on ?? undefined,
    recordedDate: entry.created_at,
    note,
  })
}

function allergy(entry: ClinicalEntry, { code, subject, note }: Facts): Resource {
  const { severity, verification, category, criticality, reaction } = entry.detail
  const reactions = without({
    manifestation: [{ text: String(reaction ?? 'not stated') }],
    severity: severity === undefined ? undefined : String(severity),
  })
  return without({
    resourceType: 'AllergyIntolerance',
    clinicalStatus:
      verification === 'refuted' ? undefined : coded(`${TERMINOLOGY}/allergyintolerance-clinical`, entry.status),
    verificationStatus: coded(`${TERMINOLOGY}/allergyintolerance-verification`, allergyVerification(verification)),
    category: category === undefined ? undefined : [String(category)],
    criticality: criticality === undefined ? undefined : String(criticality).replaceAll('_', '-'),
    code,
    patient: subject,
    onsetDateTime: entry.started_on ?? undefined,
    recordedDate: entry.created_at,
    reaction: reaction === undefined && severity === undefined ? undefined : [reactions],
    note,
  })
}

function allergyVerification(verification: unknown): string {
  return verification === 'confirmed' || verification === 'refuted' ? verification : 'unconfirmed'
}

function immunization(entry: ClinicalEntry, { code, subject, note }: Facts): Resource {
  const { lot_number, dose_number, manufacturer, performer, body_site } = entry.detail
  return without({
    resourceType: 'Immunization',
    status: entry.status,
    vaccineCode: code,
    patient: subject,
    ...(entry.started_on === null ? { occurrenceString: 'unknown' } : { occurrenceDateTime: entry.started_on }),
    primarySource: false,
    manufacturer: manufacturer === undefined ? undefined : { display: String(manufacturer) },
    lotNumber: lot_number === undefined ? undefined : String(lot_number),
    site: body_site === undefined ? undefined : { text: String(body_site) },
    performer: performer === undefined ? undefined : [{ actor: { display: String(performer) } }],
    protocolApplied: dose_number === undefined ? undefined : [{ doseNumberPositiveInt: Number(dose_number) }],
    note,
  })
}

function procedure(entry: ClinicalEntry, { code, subject, note }: Facts): Resource {
  const { body_site, performer, outcome, reason } = entry.detail
  const hasEnd = entry.started_on !== null && entry.ended_on !== null
  return without({
    resourceType: 'Procedure',
    status: entry.status,
    code,
    subject,
    performedDateTime: hasEnd ? undefined : (entry.started_on ?? undefined),
    performedPeriod: hasEnd ? { start: entry.started_on, end: entry.ended_on } : undefined,
    performer: performer === undefined ? undefined : [{ actor: { display: String(performer) } }],
    reasonCode: reason === undefined ? undefined : [{ text: String(reason) }],
    bodySite: body_site === undefined ? undefined : [{ text: String(body_site) }],
    outcome: outcome === undefined ? undefined : { text: String(outcome) },
    note,
  })
}

function familyHistory(entry: ClinicalEntry, { code, subject, note }: Facts): Resource {
  const { relationship = 'other', is_deceased, onset_age_years } = entry.detail
  const onsetAge =
    onset_age_years === undefined
      ? undefined
      : { value: Number(onset_age_years), unit: 'years', system: 'http://unitsofmeasure.org', code: 'a' }
  return without({
    resourceType: 'FamilyMemberHistory',
    status: entry.status,
    patient: subject,
    date: entry.created_at,
    relationship: {
      coding: [{ system: `${TERMINOLOGY}/v3-RoleCode`, code: ROLES[String(relationship)] ?? 'FAMMEMB' }],
      text: String(relationship).replaceAll('_', ' '),
    },
    deceasedBoolean: is_deceased === undefined ? undefined : is_deceased === true,
    condition: entry.status === 'health-unknown' ? undefined : [without({ code, onsetAge })],
    note,
  })
}

function medicationStatement(entry: ClinicalEntry, { code, subject, note }: Facts): Resource {
  const { dosage, route, reason } = entry.detail
  const hasPeriod = entry.started_on !== null || entry.ended_on !== null
  return without({
    resourceType: 'MedicationStatement',
    status: entry.status,
    medicationCodeableConcept: code,
    subject,
    effectivePeriod: hasPeriod
      ? without({ start: entry.started_on ?? undefined, end: entry.ended_on ?? undefined })
      : undefined,
    dateAsserted: entry.created_at,
    reasonCode: reason === undefined ? undefined : [{ text: String(reason) }],
    dosage:
      dosage === undefined && route === undefined
        ? undefined
        : [
            without({
              text: dosage === undefined ? undefined : String(dosage),
              route: route === undefined ? undefined : { text: String(route) },
            }),
          ],
    note,
  })
}

function codeOf({ code, code_system, display }: ClinicalEntry) {
  const system = code_system === null ? undefined : systemOf(code_system)
  if (code === null || system === undefined) return { text: display }
  return { coding: [{ system, code, display }], text: display }
}

/** The address of a code system; undefined for a name that has none here. */
function systemOf(name: string): string | undefined {
  return /^(https?:\/\/|urn:)/.test(name) ? name : SYSTEMS[name.toLowerCase()]
}

function coded(system: string, code: string) {
  return { coding: [{ system, code }] }
}
