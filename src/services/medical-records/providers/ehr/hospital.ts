import type { SettingsOf } from '../../../../kernel/config.ts'
import { EHR_SYSTEMS, type EhrSystem, type HospitalFault } from '../../contract/ehr.ts'
import { EHR_LABELS, type ehrSettings } from '../../domain/ehrSettings.ts'

/** A hospital's system as the operator set it up. */
export interface Hospital {
  readonly system: EhrSystem
  readonly label: string
  /** Without a slash at its end. */
  readonly baseUrl: string
  readonly clientId: string
  readonly clientSecret: string | undefined
  readonly scope: string
  readonly timeoutMs: number
}

type Settings = SettingsOf<typeof ehrSettings>

/** The systems that have an address and a client id here. */
export function hospitalsOf(settings: Settings): Hospital[] {
  return EHR_SYSTEMS.flatMap((system) => {
    const baseUrl = settings[`${system}Url`]
    const clientId = settings[`${system}Id`]
    if (baseUrl === undefined || clientId === undefined) return []
    return [
      {
        system,
        label: EHR_LABELS[system],
        baseUrl: baseUrl.replace(/\/+$/, ''),
        clientId,
        clientSecret: settings[`${system}Secret`],
        scope: settings.ehrScope,
        timeoutMs: settings.ehrTimeoutSeconds * 1000,
      },
    ]
  })
}

/** The hospital no longer gives access with what we hold: the person has to sign in again. */
export class HospitalRefused extends Error {
  readonly code: HospitalFault = 'refused'

  constructor() {
    super('The hospital gives no access any more')
    this.name = 'HospitalRefused'
  }
}

/** It asks to be left alone for a while. */
export class HospitalBusy extends Error {
  readonly code: HospitalFault = 'busy'
  readonly seconds: number

  constructor(seconds: number) {
    super(`The hospital’s server is busy for ${seconds} s`)
    this.name = 'HospitalBusy'
    this.seconds = seconds
  }
}

/** It can't be reached, or answers what is no answer. The message holds nothing of the answer. */
export class HospitalBroken extends Error {
  readonly code: HospitalFault

  constructor(message: string, code: HospitalFault = 'broken') {
    super(message)
    this.name = 'HospitalBroken'
    this.code = code
  }
}

/** It can't be reached now: asking it for more is of no use. */
export class HospitalAway extends HospitalBroken {
  constructor(message: string) {
    super(message, 'away')
  }
}

/** The right that the person gave does not reach so far, or the server has none of it. */
export class HospitalNotOpen extends Error {
  readonly status: number

  constructor(status: number) {
    super(`The hospital’s server answered ${status}`)
    this.name = 'HospitalNotOpen'
    this.status = status
  }
}
