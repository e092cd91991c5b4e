import { numberSetting, textSetting } from '../../../kernel/config.ts'
import type { EhrSystem } from '../contract/ehr.ts'

const off = { defaultValue: undefined } as const

function keysOf(prefix: string, label: string) {
  return {
    url: textSetting(`${prefix}_FHIR_URL`, {
      doc: `Records from ${label}: base address of its FHIR R4 server; off unless set.`,
      ...off,
    }),
    id: textSetting(`${prefix}_FHIR_CLIENT_ID`, {
      doc: `Records from ${label}: client id of the SMART on FHIR application registered there.`,
      ...off,
    }),
    secret: textSetting(`${prefix}_FHIR_CLIENT_SECRET`, {
      doc: `Records from ${label}: client secret; left out for a public client, which proves itself by PKCE alone.`,
      isSecret: true,
      ...off,
    }),
  }
}

const epic = keysOf('EPIC', 'Epic')
const cerner = keysOf('CERNER', 'Oracle Health (Cerner)')
const athena = keysOf('ATHENA', 'athenahealth')
const meditech = keysOf('MEDITECH', 'MEDITECH')
const allscripts = keysOf('ALLSCRIPTS', 'Veradigm (Allscripts)')
const custom = keysOf('EHR', 'another hospital’s FHIR server')

/** Hospitals' systems. Without address and client id of one, its connection is off and says so. */
export const ehrSettings = {
  epicUrl: epic.url,
  epicId: epic.id,
  epicSecret: epic.secret,
  cernerUrl: cerner.url,
  cernerId: cerner.id,
  cernerSecret: cerner.secret,
  athenaUrl: athena.url,
  athenaId: athena.id,
  athenaSecret: athena.secret,
  meditechUrl: meditech.url,
  meditechId: meditech.id,
  meditechSecret: meditech.secret,
  allscriptsUrl: allscripts.url,
  allscriptsId: allscripts.id,
  allscriptsSecret: allscripts.secret,
  customUrl: custom.url,
  customId: custom.id,
  customSecret: custom.secret,
  ehrScope: textSetting('EHR_SCOPE', {
    doc: 'What is asked for at a hospital.',
    defaultValue: 'openid fhirUser launch/patient offline_access patient/*.read',
  }),
  ehrTimeoutSeconds: numberSetting('EHR_TIMEOUT', {
    doc: 'Seconds to wait for an answer of a hospital’s server.',
    defaultValue: 20,
    minimum: 1,
    maximum: 120,
  }),
}

/** How people call each. */
export const EHR_LABELS: Readonly<Record<EhrSystem, string>> = {
  epic: 'Epic',
  cerner: 'Oracle Health (Cerner)',
  athena: 'athenahealth',
  meditech: 'MEDITECH',
  allscripts: 'Veradigm (Allscripts)',
  custom: 'Your hospital',
}
