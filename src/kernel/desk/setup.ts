import { readdir, stat } from 'node:fs/promises'
import path from 'node:path'
import type pg from 'pg'
import { type Environment, type ReadSetting, readSettings, type Setting } from '../config.ts'
import type { Service } from '../service.ts'
import { frameSettings } from '../settings.ts'

type Declared = Readonly<Record<string, Setting>>

/** Every setting that this process reads, with its effective value and source. A secret's value is never given out. */
export function settingList(
  environment: Environment,
  services: readonly Service[],
  further: Readonly<Record<string, Declared>>,
) {
  const parts: [string, Declared][] = [
    ['frame', frameSettings],
    ...Object.entries(further),
    ...services.map((service): [string, Declared] => [service.contract.name, service.settings ?? {}]),
  ]
  return parts.flatMap(([part, declared]) => readSettings(declared, environment).map((one) => shown(part, one)))
}

function shown(part: string, { setting, value, source }: ReadSetting) {
  const isSet = value !== undefined && value !== '' && !(Array.isArray(value) && value.length === 0)
  const text = setting.isSecret ? '••••••' : withoutPasswords(String(value))
  return {
    part,
    variable: setting.variable,
    doc: setting.doc,
    value: isSet ? text : null,
    source,
    is_secret: setting.isSecret,
  }
}

/** Addresses may carry a password before the host. */
function withoutPasswords(text: string): string {
  return text.replace(/\/\/[^/@\s]*@/g, '//••••••@')
}

/** Which steps of the database ran, the newest first. */
export async function migrationList(pool: pg.Pool) {
  const { rows } = await pool.query<{ service: string; name: string; applied_at: Date }>(
    'select service, name, applied_at from kernel.migration order by applied_at desc, service, name desc limit 2000',
  )
  return rows.map((row) => ({ ...row, applied_at: row.applied_at.toISOString() }))
}

/** The newest whole backup in the folder; null when there is none, or no such folder. */
export async function lastBackup(folder: string) {
  const names = await readdir(folder).catch(() => [])
  // The name of a backup begins with its time, so that the last by name is the newest.
  const name = names
    .filter((one) => one.endsWith('.backup'))
    .sort()
    .at(-1)
  if (name === undefined) return null
  const { size, mtime } = await stat(path.join(folder, name))
  return { name, bytes: size, at: mtime.toISOString() }
}
