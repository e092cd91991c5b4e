import type { RawAnswer } from '../../../../kernel/raw.ts'

/** Sends the browser back to an app, with these parameters; only to an address that was compared with the registered ones. */
export function redirectTo(address: string, parameters: Readonly<Record<string, string | undefined>>): RawAnswer {
  const url = new URL(address)
  for (const [name, value] of Object.entries(parameters)) if (value !== undefined) url.searchParams.set(name, value)
  return { status: 302, headers: { location: url.href, 'cache-control': 'no-store' }, body: '' }
}
