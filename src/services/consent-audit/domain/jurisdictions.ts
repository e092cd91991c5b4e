/** What a law asks of whoever holds health data, as numbers. Changing one is a new version. */
export interface JurisdictionPolicy {
  readonly code: 'IN' | 'EU' | 'US'
  readonly name: string
  readonly version: number
  /** Days between a request to erase and its execution, in which it can be taken back. Access is closed meanwhile. */
  readonly graceDays: number
  /** By when an erasure must be done. */
  readonly erasureLimitDays: number
  /** Least time for which processing logs, and where the law says so the data, are kept after an erasure was asked for. */
  readonly minimumRetentionDays: number
  /** Whether the platform keeps the closed record for that time unless the operator says otherwise. */
  readonly retainsByDefault: boolean
  readonly accessLimitDays: number
  readonly correctionLimitDays: number
  readonly grievanceLimitDays: number
  /** Under this age, whoever keeps the record must prove to be a parent or guardian. */
  readonly childAge: number
  readonly needsVerifiableGuardian: boolean
  readonly breachNoticeHours: { readonly authority: number; readonly persons: string }
  readonly consentProofYears: number
  readonly auditYears: number
  readonly sources: readonly string[]
}

export const POLICIES: Readonly<Record<JurisdictionPolicy['code'], JurisdictionPolicy>> = {
  IN: {
    code: 'IN',
    name: 'India: Digital Personal Data Protection Act 2023, Rules 2025',
    version: 1,
    graceDays: 7,
    erasureLimitDays: 90,
    minimumRetentionDays: 365,
    retainsByDefault: false,
    accessLimitDays: 90,
    correctionLimitDays: 90,
    grievanceLimitDays: 90,
    childAge: 18,
    needsVerifiableGuardian: true,
    breachNoticeHours: { authority: 72, persons: 'without delay' },
    consentProofYears: 7,
    auditYears: 1,
    sources: [
      'DPDP Act 2023 s.6 (consent), s.11-14 (rights)',
      'DPDP Rules 2025 (G.S.R. 846(E)) r.3, r.7, r.8(3), r.10, r.14; in force 2027-05-13 for most',
      'r.8(3) asks to keep data for one year even after erasure is asked for; its reach is a question for counsel, hence a switch',
    ],
  },
  EU: {
    code: 'EU',
    name: 'European Union: General Data Protection Regulation',
    version: 1,
    graceDays: 7,
    erasureLimitDays: 30,
    minimumRetentionDays: 0,
    retainsByDefault: false,
    accessLimitDays: 30,
    correctionLimitDays: 30,
    grievanceLimitDays: 30,
    childAge: 16,
    needsVerifiableGuardian: true,
    breachNoticeHours: { authority: 72, persons: 'without undue delay where the risk is high' },
    consentProofYears: 7,
    auditYears: 6,
    sources: [
      'GDPR Art. 7(3), 8, 9(2)(a), 12(3), 15-18, 20-21, 33-34; member states may set the age of Art. 8 to 13-16',
    ],
  },
  US: {
    code: 'US',
    name: 'United States: HIPAA; FTC Health Breach Notification Rule for personal health records',
    version: 1,
    graceDays: 7,
    erasureLimitDays: 45,
    minimumRetentionDays: 0,
    retainsByDefault: false,
    accessLimitDays: 30,
    correctionLimitDays: 60,
    grievanceLimitDays: 30,
    childAge: 13,
    needsVerifiableGuardian: true,
    breachNoticeHours: { authority: 1440, persons: 'within 60 days' },
    consentProofYears: 6,
    auditYears: 6,
    sources: [
      '45 CFR 164.524 (access, 30 days), 164.526 (amendment, 60 days), 164.528 (accounting, 6 years), 164.404-408 (breach, 60 days)',
      '16 CFR 318 (FTC); WA My Health My Data Act (erasure, 45 days); COPPA (child under 13)',
    ],
  },
}

export const JURISDICTIONS = ['IN', 'EU', 'US'] as const
export type JurisdictionCode = (typeof JURISDICTIONS)[number]
const DAY_MS = 86_400_000

/** When an erasure asked for now is carried out: after the grace, or after the retention where the operator turned it on. */
export function erasureDue(policy: JurisdictionPolicy, requestedAt: Date, retains: boolean): Date {
  const days = retains ? Math.max(policy.graceDays, policy.minimumRetentionDays) : policy.graceDays
  return new Date(requestedAt.getTime() + days * DAY_MS)
}

/** The day by which an answer to a request is due. */
export function requestDue(policy: JurisdictionPolicy, kind: string, at: Date): Date {
  const days =
    kind === 'grievance'
      ? policy.grievanceLimitDays
      : kind === 'correction'
        ? policy.correctionLimitDays
        : kind === 'erasure'
          ? policy.erasureLimitDays
          : policy.accessLimitDays
  return new Date(at.getTime() + days * DAY_MS)
}
