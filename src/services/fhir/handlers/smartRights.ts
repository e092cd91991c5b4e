import type { Context } from '../../../kernel/service.ts'
import type { Permission } from '../../../shared/smartScopes.ts'
import { type Reach, type ReachRules, reachOf } from '../domain/smartScopes.ts'
import type { ReachScope } from '../store/smartScopes.ts'
import type { ValueScope } from '../store/valueClauses.ts'
import type { Engines } from './engines.ts'

/** What the app of a call may do: enforced wherever a resource is found, counted, shown or written. */
export interface AppRights {
  readonly clientId: string
  /** Whether it acts for itself and not for a person. */
  readonly isBackend: boolean
  readonly rules: ReachRules
  /** What it reaches with a permission. */
  reach(permission: Permission): Reach
}

/**
 * The rights of the app that calls; undefined when people, or their API keys, call for themselves. The patient of a launch is
 * one of the record that the app was launched for: in another one somebody else may have that id.
 */
export function rightsOf(context: Context, engines: Engines): AppRights | undefined {
  const { principal, personId } = context.caller
  if (principal?.app === undefined) return undefined
  const { app, scopes } = principal
  const patient = app.personId === personId ? (app.patient ?? undefined) : undefined
  return rights(app.clientId, scopes, { patient, isBackend: app.personId === null }, engines)
}

/** The rights of the app of a call in another record than that of the call. */
export function rightsElsewhere({
  context,
  app,
  engines,
}: Asked & { readonly engines: Engines }): AppRights | undefined {
  const { principal } = context.caller
  if (app === undefined || principal === undefined) return app
  return rights(app.clientId, principal.scopes, { patient: undefined, isBackend: app.isBackend }, engines)
}

function rights(
  clientId: string,
  scopes: readonly string[],
  of: { readonly patient: string | undefined; readonly isBackend: boolean },
  engines: Engines,
): AppRights {
  const rules = { reader: engines.reader, patientTypes: patientTypesOf(engines) }
  const known = new Map<Permission, Reach>()
  return {
    clientId,
    isBackend: of.isBackend,
    rules,
    reach: (permission) => {
      const reach = known.get(permission) ?? reachOf(scopes, permission, of, rules)
      known.set(permission, reach)
      return reach
    },
  }
}

let patientTypes: { readonly of: Engines; readonly types: ReadonlySet<string> } | undefined

function patientTypesOf(engines: Engines): ReadonlySet<string> {
  if (patientTypes?.of !== engines) {
    const compartment = Object.entries(engines.definitions.squeezed.compartments.Patient ?? {})
    const named = compartment.filter(([, roles]) => roles.length > 0).map(([type]) => type)
    patientTypes = { of: engines, types: new Set([...named, 'Patient']) }
  }
  return patientTypes.types
}

interface Asked {
  readonly context: Context
  readonly personId: string
  readonly base: string
  readonly app?: AppRights | undefined
}

/** The reach that limits what a search finds; undefined for who isn't an app. */
export function reachScope(call: Asked, permission: Permission): ReachScope | undefined {
  const { app, personId, base } = call
  if (app === undefined) return undefined
  return {
    reach: app.reach(permission),
    patientTypes: app.rules.patientTypes,
    personId,
    base,
    now: call.context.now(),
  }
}

/** What the scopes of a backend service open with each of these permissions, for work that goes on without its request. */
export function reachesOf(
  scopes: readonly string[],
  permissions: readonly Permission[],
  of: Engines,
  scope: ValueScope,
): ReachScope[] {
  const rules = { reader: of.reader, patientTypes: patientTypesOf(of) }
  return permissions.map((permission) => ({
    ...scope,
    reach: reachOf(scopes, permission, { patient: undefined, isBackend: true }, rules),
    patientTypes: rules.patientTypes,
  }))
}
