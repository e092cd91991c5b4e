import type { Environment, Setting } from './config.ts'
import type { Contract, EventType } from './contract.ts'
import type { JobDefinition, Personal, Service, ServiceDefinition } from './service.ts'

/**
 * What a start has to know of a service before any of its code runs, as plain JSON. The build writes it beside the bundle, so
 * that the handlers, stores and rules of a service are read when somebody asks it for something.
 */
export interface Outline {
  readonly name: string
  readonly needs: readonly string[]
  readonly handlers: readonly string[]
  readonly routes: readonly string[]
  readonly sockets: readonly string[]
  readonly reactions: readonly { readonly name: string; readonly service: string; readonly event: string }[]
  readonly jobs: readonly Omit<JobDefinition, 'run'>[]
  readonly settings: Readonly<Record<string, Omit<Setting, 'parse'>>>
  readonly personal: readonly string[]
  readonly hasDemo: boolean
}

/** The outline of a whole service. */
export function outlineOf(service: Service): Outline {
  const { contract, needs, handlers, routes = {}, sockets = {}, reactions = [], jobs = [], settings = {} } = service
  return {
    name: contract.name,
    needs: needs.map((one) => one.name),
    handlers: Object.keys(handlers),
    routes: Object.keys(routes),
    sockets: Object.keys(sockets),
    reactions: reactions.map(({ name, on }) => ({ name, service: on.service, event: on.name })),
    jobs: jobs.map(({ run: _run, ...known }) => known),
    settings: Object.fromEntries(Object.entries(settings).map(([name, { parse: _parse, ...known }]) => [name, known])),
    personal: Object.keys(service.personal ?? {}),
    hasDemo: service.demo !== undefined,
  }
}

/** Whether any setting of the service is set: then its code is asked at the start what that means, and whether it is right. */
export function isConfigured({ settings }: Outline, environment: Environment): boolean {
  return Object.values(settings).some(({ variable, aliases }) =>
    [variable, ...aliases].some((name) => (environment[name] ?? '') !== ''),
  )
}

type Every = { readonly [Part in keyof Required<ServiceDefinition>]: Service[Part] }

/**
 * The service of an outline: `load` is asked for the whole one at the first use of anything of it. Throws when the outline
 * names a contract or an event that `contracts` don't have.
 */
export function lazyService(outline: Outline, contracts: readonly Contract[], load: () => Promise<Service>): Service {
  let whole: Promise<Service> | undefined
  const loaded = () => {
    whole ??= load()
    return whole
  }
  const members = <Member>(names: readonly string[], make: (name: string) => Member) =>
    Object.fromEntries(names.map((name) => [name, make(name)] as const))
  const parts: Every = {
    contract: contractOf(contracts, outline.name),
    needs: outline.needs.map((name) => contractOf(contracts, name)),
    handlers: members(
      outline.handlers,
      (name) => async (context, input) => present((await loaded()).handlers[name])(context, input),
    ) as Service['handlers'],
    routes: members(
      outline.routes,
      (name) => async (context, request) => present((await loaded()).routes?.[name])(context, request),
    ) as Service['routes'],
    sockets: members(
      outline.sockets,
      (name) => async (connection) => present((await loaded()).sockets?.[name])(connection),
    ) as Service['sockets'],
    reactions: outline.reactions.map(({ name, service, event }, index) => ({
      name,
      on: eventOf(contracts, service, event),
      handle: async (...given) => present((await loaded()).reactions?.[index]).handle(...given),
    })),
    jobs: outline.jobs.map((job, index) => ({
      ...job,
      run: async (...given) => present((await loaded()).jobs?.[index]).run(...given),
    })),
    settings: members(Object.keys(outline.settings), (name) => unset(present(outline.settings[name]))),
    personal: outline.personal.length === 0 ? undefined : lazyPersonal(outline.personal, loaded),
    demo: outline.hasDemo ? { seed: async (...given) => present((await loaded()).demo).seed(...given) } : undefined,
  }
  return Object.fromEntries(Object.entries(parts).filter(([, part]) => part !== undefined)) as unknown as Service
}

function lazyPersonal(names: readonly string[], loaded: () => Promise<Service>): Personal {
  const one = (name: string) => {
    return async (...given: readonly unknown[]) => {
      const personal = present((await loaded()).personal) as unknown as Record<string, (...args: unknown[]) => unknown>
      return present(personal[name])(...given)
    }
  }
  return Object.fromEntries(names.map((name) => [name, one(name)])) as unknown as Personal
}

/** A setting that is known to be unset: it has its default, and nothing to read. */
function unset(known: Omit<Setting, 'parse'>): Setting {
  return {
    ...known,
    parse: () => {
      throw new Error('belongs to a service that was outlined as unconfigured')
    },
  }
}

function contractOf(contracts: readonly Contract[], name: string): Contract {
  return present(contracts.find((contract) => contract.name === name))
}

function eventOf(contracts: readonly Contract[], service: string, event: string): EventType {
  return present(contractOf(contracts, service).events[event])
}

function present<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new Error('An outline does not fit its service: build again')
  return value
}
