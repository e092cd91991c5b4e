import type { Environment } from '../kernel/config.ts'
import { beginOpening } from './opening.ts'

/** Runs the platform until it is told to stop: in one process, or with `--split` a process for every service. */
export async function start(args: readonly string[], environment: Environment): Promise<number> {
  if (args.includes('--split')) return (await import('./split.ts')).startSplit(environment)
  const opening = beginOpening(environment)
  return (await import('./here.ts')).startHere(environment, opening)
}
