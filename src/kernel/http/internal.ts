import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Contract, Operation } from '../contract.ts'
import { asPlatformError, ERROR_CODES, PlatformError } from '../errors.ts'
import { frameOperations } from '../frameOperations.ts'
import { CALLER_HEADER, verifyCaller } from '../identity.ts'
import { errorFields } from '../log.ts'
import { doorPath, type RemoteError } from '../peer.ts'
import type { Caller } from '../principal.ts'
import type { Face } from './face.ts'

/** What services hand each other is bounded by memory only, as it is in one process. */
const BODY_LIMIT_BYTES = 32 * 1024 * 1024

interface Call {
  readonly operation: Operation
  readonly caller: Caller
}

/** Mounts the door through which other processes of the platform call the operations of `contracts`, which run here. */
export function mountDoors(face: Face, contracts: readonly Contract[]): void {
  const calls = new WeakMap<FastifyRequest, Call>()
  face.app.route({
    method: 'POST',
    url: doorPath(':service', ':operation'),
    bodyLimit: BODY_LIMIT_BYTES,
    // Before the body is read: who has no signature costs nothing, and finds nothing here.
    onRequest: async (request) => {
      const { service, operation: name } = request.params as { service: string; operation: string }
      const operation = operationOf(contracts, service, name)
      if (operation === undefined) throw new PlatformError('not_found', 'There is nothing at this address')
      calls.set(request, { operation, caller: signedCaller(face, operation, request) })
    },
    handler: (request, reply) => serveCall(face, calls.get(request) as Call, request, reply),
  })
}

function operationOf(contracts: readonly Contract[], service: string, name: string): Operation | undefined {
  const contract = contracts.find((one) => one.name === service)
  if (contract === undefined) return undefined
  if (Object.hasOwn(contract.operations, name)) return contract.operations[name]
  return Object.values(frameOperations(service)).find((operation) => operation.name === name)
}

function signedCaller(face: Face, operation: Operation, request: FastifyRequest): Caller {
  const signed = request.headers[CALLER_HEADER]
  const audience = `${operation.service}.${operation.name}`
  const { internalKey } = face.platform.options
  const caller = typeof signed === 'string' ? verifyCaller(signed, audience, internalKey, Date.now()) : undefined
  if (caller === undefined) throw new PlatformError('not_found', 'There is nothing at this address')
  return caller
}

async function serveCall(
  face: Face,
  { operation, caller }: Call,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { door, options } = face.platform
  try {
    const output = await door.invoke(operation, request.body, caller)
    return reply.header('content-type', 'application/json').send(JSON.stringify({ output: output ?? null }))
  } catch (thrown) {
    const error = asPlatformError(thrown)
    if (error.code === 'internal')
      options.log.error({ requestId: caller.requestId, ...errorFields(thrown) }, 'a call failed')
    const { faults, retryAfterSeconds, legacyCode, extra } = error.options
    const remote: RemoteError = {
      code: error.code,
      message: error.message,
      status: error.status,
      ...{ faults, retryAfterSeconds, legacyCode, extra },
    }
    return reply
      .code(ERROR_CODES[error.code].status)
      .header('content-type', 'application/json')
      .send(JSON.stringify({ error: remote }))
  }
}
