/** One environment variable: its kind, default, and what it does. */
export interface Setting<Value = unknown> {
  readonly variable: string
  /** Other names under which the source systems knew it. */
  readonly aliases: readonly string[]
  readonly doc: string
  readonly isSecret: boolean
  readonly defaultValue: Value
  parse(text: string): Value
}

interface SettingOptions<Value> {
  readonly doc: string
  readonly aliases?: readonly string[]
  readonly isSecret?: boolean
  readonly defaultValue: Value
}

function setting<Value>(
  variable: string,
  options: SettingOptions<Value>,
  parse: (text: string) => Value,
): Setting<Value> {
  return { variable, aliases: [], isSecret: false, ...options, parse }
}

/** Text; empty means unset. */
export function textSetting<Default extends string | undefined>(
  variable: string,
  options: SettingOptions<Default>,
): Setting<string | Default> {
  return setting<string | Default>(variable, options, (text) => text)
}

/** A number between the bounds. */
export function numberSetting(
  variable: string,
  options: SettingOptions<number> & { minimum: number; maximum: number },
): Setting<number> {
  const { minimum, maximum } = options
  return setting(variable, options, (text) => {
    const value = text.trim() === '' ? Number.NaN : Number(text)
    if (!(value >= minimum && value <= maximum)) throw new Error(`must be a number from ${minimum} to ${maximum}`)
    return value
  })
}

/** true/false, 1/0, yes/no, on/off. */
export function flagSetting(variable: string, options: SettingOptions<boolean>): Setting<boolean> {
  return setting(variable, options, (text) => {
    const word = text.toLowerCase()
    if (['1', 'true', 'yes', 'on'].includes(word)) return true
    if (['0', 'false', 'no', 'off'].includes(word)) return false
    throw new Error('must be true or false')
  })
}

/** One of the given words. */
export function wordSetting<Word extends string>(
  variable: string,
  words: readonly Word[],
  options: SettingOptions<Word>,
): Setting<Word> {
  return setting<Word>(variable, options, (text) => {
    const word = words.find((candidate) => candidate === text.toLowerCase())
    if (word === undefined) throw new Error(`must be one of ${words.join(', ')}`)
    return word
  })
}

/** Words separated by commas. */
export function listSetting(variable: string, options: SettingOptions<readonly string[]>): Setting<readonly string[]> {
  return setting(variable, options, (text) =>
    text
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== ''),
  )
}

export type SettingsOf<Declared extends Readonly<Record<string, Setting>>> = {
  readonly [Name in keyof Declared]: Declared[Name] extends Setting<infer Value> ? Value : never
}

export type Environment = Readonly<Record<string, string | undefined>>

/** Where a value came from: the variable that was set, or `default`. */
export interface ReadSetting {
  readonly name: string
  readonly setting: Setting
  readonly value: unknown
  readonly source: string
  readonly fault: string | undefined
}

/** Reads declared settings from the environment, each with its source and its fault if it has one. */
export function readSettings(declared: Readonly<Record<string, Setting>>, environment: Environment): ReadSetting[] {
  return Object.entries(declared).map(([name, one]) => {
    const source = [one.variable, ...one.aliases].find((variable) => (environment[variable] ?? '') !== '')
    if (source === undefined)
      return { name, setting: one, value: one.defaultValue, source: 'default', fault: undefined }
    try {
      return { name, setting: one, value: one.parse(environment[source] as string), source, fault: undefined }
    } catch (error) {
      return { name, setting: one, value: one.defaultValue, source, fault: `${source} ${(error as Error).message}` }
    }
  })
}

/** The values of declared settings. Throws one error naming every variable that is wrong. */
export function settingValues<Declared extends Readonly<Record<string, Setting>>>(
  declared: Declared,
  environment: Environment,
): SettingsOf<Declared> {
  const read = readSettings(declared, environment)
  const faults = read.flatMap((one) => (one.fault === undefined ? [] : [one.fault]))
  if (faults.length > 0) throw new Error(`Configuration: ${faults.join('; ')}`)
  return Object.fromEntries(read.map((one) => [one.name, one.value])) as SettingsOf<Declared>
}
