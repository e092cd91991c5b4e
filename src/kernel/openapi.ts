import { CATEGORIES, type Contract, type Operation, type StreamRoute } from './contract.ts'
import { ERROR_CODES, type ErrorCode } from './errors.ts'
import { pathsOf, splitRoute } from './http/paths.ts'

type Json = Record<string, unknown>

const PROBLEM = '#/components/schemas/Problem'

/** The OpenAPI 3.1 document of all public operations, made from their contracts. */
export function openApiDocument(contracts: readonly Contract[], version: string): Json {
  const paths: Record<string, Json> = {}
  for (const contract of contracts) {
    for (const operation of Object.values(contract.operations)) addOperation(paths, contract, operation)
    for (const route of Object.values(contract.streams)) addStream(paths, contract, route)
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Salus',
      version,
      summary: 'A personal health platform',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    tags: contracts.map((contract) => ({ name: contract.name, description: contract.summary })),
    security: [{ bearer: [] }, { apiKey: [] }],
    paths,
    components: { schemas: { Problem: problemSchema() }, securitySchemes: securitySchemes() },
  }
}

function addOperation(paths: Record<string, Json>, contract: Contract, operation: Operation): void {
  if (operation.access.kind === 'service') return
  const [canonical, ...others] = pathsOf(contract, operation)
  if (canonical === undefined) return
  const parameters = parametersOf(operation, canonical.path)
  const names = new Set(parameters.map((parameter) => parameter.name))
  const body = canonical.method === 'GET' || canonical.method === 'DELETE' ? undefined : bodyOf(operation, names)
  put(paths, canonical, {
    operationId: `${operation.service}.${operation.name}`,
    tags: [contract.name],
    summary: operation.summary,
    ...accessOf(operation.access),
    parameters: [...parameters, ...(names.has('profile_id') ? [] : personParameter(operation))],
    ...(body === undefined ? {} : { requestBody: body }),
    responses: responsesOf(operation),
    ...(others.length === 0 ? {} : { 'x-aliases': others.map(({ method, path }) => `${method} ${path}`) }),
  })
}

function addStream(paths: Record<string, Json>, contract: Contract, route: StreamRoute): void {
  const [canonical, ...others] = pathsOf(contract, route)
  if (canonical === undefined) return
  const query = Object.entries(route.parameters ?? {}).map(([name, description]) => ({
    name,
    in: 'query',
    description,
    schema: { type: 'string' },
  }))
  put(paths, canonical, {
    operationId: `${route.service}.${route.name}`,
    tags: [contract.name],
    summary: route.summary,
    ...accessOf(route.access),
    parameters: [
      ...pathParameters(canonical.path).map((name) => ({
        name,
        in: 'path',
        required: true,
        schema: { type: 'string' },
      })),
      ...query,
    ],
    responses: {
      200: { description: 'OK', content: Object.fromEntries(route.produces.map((type) => [type, {}])) },
      default: problemResponse('Any error'),
    },
    'x-aliases': others.map(({ method, path }) => `${method} ${path}`),
  })
}

function put(paths: Record<string, Json>, where: { method: string; path: string }, operation: Json): void {
  const path = where.path.replace(/:(\w+)/g, '{$1}')
  paths[path] = { ...paths[path], [where.method.toLowerCase()]: operation }
}

function pathParameters(path: string): string[] {
  return [...path.matchAll(/:(\w+)/g)].map((match) => match[1] as string)
}

function parametersOf(operation: Operation, path: string): Json[] {
  const properties = operation.input.properties as Record<string, Json>
  const required = new Set((operation.input as { required?: string[] }).required ?? [])
  const inPath = pathParameters(path)
  const isRead = splitRoute(operation.route ?? operation.aliases?.[0] ?? '').method === 'GET'
  const inQuery = isRead ? Object.keys(properties).filter((name) => !inPath.includes(name)) : []
  return [
    ...inPath.map((name) => ({ name, in: 'path', required: true, schema: properties[name] ?? { type: 'string' } })),
    ...inQuery.map((name) => ({ name, in: 'query', required: required.has(name), schema: properties[name] })),
  ]
}

function personParameter(operation: Operation): Json[] {
  if (operation.access.kind !== 'person') return []
  return [
    {
      name: 'profile_id',
      in: 'query',
      description: "Whose record; the caller's own when left out",
      schema: { type: 'string', format: 'uuid' },
    },
  ]
}

function bodyOf(operation: Operation, taken: ReadonlySet<unknown>): Json | undefined {
  const { properties, required, ...rest } = operation.input as unknown as { properties: Json; required?: string[] }
  const left = Object.fromEntries(Object.entries(properties).filter(([name]) => !taken.has(name)))
  if (Object.keys(left).length === 0) return undefined
  const schema = { ...rest, properties: left, required: (required ?? []).filter((name) => name in left) }
  const types = [
    'application/json',
    ...(operation.accepts?.includes('form') === true ? ['application/x-www-form-urlencoded'] : []),
  ]
  return { required: schema.required.length > 0, content: Object.fromEntries(types.map((type) => [type, { schema }])) }
}

function accessOf(access: Operation['access']): Json {
  if (access.kind === 'public') return { security: [{}, { bearer: [] }, { apiKey: [] }] }
  return access.kind === 'role'
    ? { 'x-roles': access.roles }
    : access.kind === 'person'
      ? { 'x-category': access.category }
      : {}
}

/** Error codes an operation can answer: its own, and those its kind of access and input bring. */
export function errorsOf(operation: Operation): ErrorCode[] {
  const codes = new Set<ErrorCode>(operation.errors ?? [])
  codes.add('validation_failed').add('too_many_requests')
  if (operation.access.kind !== 'public')
    codes.add('unauthenticated').add('invalid_token').add('token_expired').add('insufficient_scope')
  if (operation.access.kind === 'role') codes.add('forbidden')
  if (operation.access.kind === 'person') codes.add('not_found')
  if (operation.kind === 'command') codes.add('malformed_body').add('payload_too_large').add('conflict')
  return [...codes].sort(
    (left, right) => ERROR_CODES[left].status - ERROR_CODES[right].status || (left < right ? -1 : 1),
  )
}

function responsesOf(operation: Operation): Json {
  const type = operation.produces ?? 'application/json'
  const success =
    operation.status === 204
      ? { description: 'Done' }
      : { description: 'OK', content: { [type]: { schema: operation.output } } }
  const byStatus = new Map<number, ErrorCode[]>()
  for (const code of errorsOf(operation)) {
    const wire = code === 'validation_failed' ? (operation.validationStatus ?? 422) : ERROR_CODES[code].status
    byStatus.set(wire, [...(byStatus.get(wire) ?? []), code])
  }
  return {
    [operation.status]: success,
    ...Object.fromEntries([...byStatus].map(([status, codes]) => [status, problemResponse(codes.join(', '))])),
    default: problemResponse('Any other error'),
  }
}

function problemResponse(description: string): Json {
  return { description, content: { 'application/problem+json': { schema: { $ref: PROBLEM } } } }
}

function problemSchema(): Json {
  const text = { type: 'string' }
  return {
    type: 'object',
    description:
      'RFC 9457, with the members that older clients read: detail, error and message hold the same sentence.',
    required: ['type', 'title', 'status', 'code', 'detail', 'error', 'message', 'error_code', 'request_id'],
    properties: {
      type: text,
      title: text,
      status: { type: 'integer' },
      code: { enum: Object.keys(ERROR_CODES) },
      detail: text,
      error: text,
      message: text,
      error_code: text,
      request_id: text,
      errors: {
        type: 'array',
        items: { type: 'object', properties: { field: text, pointer: text, detail: text, allowed: { type: 'array' } } },
      },
    },
  }
}

function securitySchemes(): Json {
  return {
    bearer: {
      type: 'http',
      scheme: 'bearer',
      description: `Access token. Categories of personal data: ${CATEGORIES.join(', ')}.`,
    },
    apiKey: { type: 'apiKey', in: 'header', name: 'x-api-key' },
  }
}
