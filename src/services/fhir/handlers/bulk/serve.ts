import { PlatformError } from '../../../../kernel/errors.ts'
import type { RawAnswer } from '../../../../kernel/raw.ts'
import { rawAnswer } from '../answers.ts'
import type { Call } from '../call.ts'
import { readSecret } from '../subscriptions/secret.ts'
import { download } from './download.ts'
import { startExport } from './startExport.ts'
import { startImport } from './startImport.ts'
import { cancelJob, jobStatus } from './status.ts'

/** Serves what is long work (starting it, asking how far it is, its files, ending it) and secrets. Undefined for the rest. */
export async function serveBulk(call: Call): Promise<RawAnswer | undefined> {
  const [first = '', second, third, fourth, ...rest] = call.path
  const isStart = call.method === 'GET' || call.method === 'POST'
  if (first === '$export' && second === undefined && isStart) return startExport(call, 'system')
  if (first === 'Patient' && second === '$export' && third === undefined && isStart) return startExport(call, 'patient')
  if (first === 'Group' && second !== undefined && third === '$export' && fourth === undefined && isStart)
    return startExport(call, 'group', second)
  if (first === '$import' && second === undefined && call.method === 'POST') return startImport(call)
  if (first === 'Subscription' && second !== undefined && third === '$secret' && call.method === 'GET')
    return rawAnswer(call, await readSecret(call, second))
  if (first !== '$bulk' || second === undefined || rest.length > 0) return undefined
  if (third === 'files' && fourth !== undefined && call.method === 'GET') return download(call, second, fourth)
  if (third !== undefined) throw new PlatformError('not_found', 'No such interaction')
  if (call.method === 'GET') return jobStatus(call, second)
  if (call.method === 'DELETE') return cancelJob(call, second)
  throw new PlatformError('method_not_allowed', 'A job is asked for with GET and ended with DELETE')
}
