import type { Database } from '../../../kernel/database.ts'
import { type Context, settingsOf } from '../../../kernel/service.ts'
import { JURISDICTIONS, type JurisdictionCode, type JurisdictionPolicy, POLICIES } from '../domain/jurisdictions.ts'
import { consentSettings } from '../domain/settings.ts'
import { findJurisdiction } from '../store/requests.ts'

/** The law a person's data are held under: what the person said, or the platform's default. */
export async function policyOf(context: Context, db: Database = context.db): Promise<JurisdictionPolicy> {
  const said = await findJurisdiction(db, context.personId)
  const code = JURISDICTIONS.find((one) => one === said) ?? settingsOf(context, consentSettings).jurisdiction
  return POLICIES[code.toUpperCase() as JurisdictionCode]
}
