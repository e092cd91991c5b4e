import type { Contract } from '../contract.ts'
import { asPlatformError, ERROR_CODES } from '../errors.ts'
import { frameOperations } from '../frameOperations.ts'
import { CALLER_HEADER, verifyCaller } from '../identity.ts'
import { errorFields } from '../log.ts'
import { doorPath, type RemoteError } from '../peer.ts'
import type { Face } from './face.ts'

/** Mounts the doors through which other processes of the platform call the operations of `contract`. */
export function mountDoors(face: Face, contract: Contract): void {
  const { platform, app } = face
  const operations = [...Object.values(contract.operations), ...Object.values(frameOperations(contract.name))]
  for (const operation of operations) {
    const audience = `${operation.service}.${operation.name}`
    app.post(doorPath(operation.service, operation.name), async (request, reply) => {
      const signed = request.headers[CALLER_HEADER]
      const caller =
        typeof signed === 'string'
          ? verifyCaller(signed, audience, platform.options.internalKey, Date.now())
          : undefined
      if (caller === undefined) return reply.code(404).send('{}')
      try {
        const output = await platform.door.invoke(operation, request.body, caller)
        return reply.header('content-type', 'application/json').send(JSON.stringify({ output: output ?? null }))
      } catch (thrown) {
        const error = asPlatformError(thrown)
        if (error.code === 'internal')
          platform.options.log.error({ requestId: caller.requestId, ...errorFields(thrown) }, 'a call failed')
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
    })
  }
}
