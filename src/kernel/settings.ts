import { randomBytes } from 'node:crypto'
import { existsSync, linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import {
  type Environment,
  flagSetting,
  listSetting,
  numberSetting,
  type SettingsOf,
  settingValues,
  textSetting,
  wordSetting,
} from './config.ts'

/** The frame's own settings. None is required. */
export const frameSettings = {
  port: numberSetting('PORT', {
    aliases: ['GATEWAY_PORT'],
    doc: 'Port of the one public door.',
    minimum: 0,
    maximum: 65535,
    defaultValue: 8000,
  }),
  host: textSetting('HOST', { doc: 'Address to listen on.', defaultValue: '0.0.0.0' }),
  dataFolder: textSetting('SALUS_DATA', {
    doc: 'Folder of the embedded database, keys and files.',
    defaultValue: './data',
  }),
  databaseUrl: textSetting('DATABASE_URL', {
    doc: 'PostgreSQL 15 or newer; without it an embedded one runs in the data folder.',
    isSecret: true,
    defaultValue: undefined,
  }),
  databaseConnections: numberSetting('DATABASE_CONNECTIONS', {
    doc: 'Connections a process keeps for requests at most; a third as many more are for its own work.',
    minimum: 2,
    maximum: 100,
    defaultValue: 10,
  }),
  environment: wordSetting('ENVIRONMENT', ['development', 'production', 'test'], {
    aliases: ['APP_ENV', 'FLASK_ENV'],
    doc: 'production refuses weak secrets.',
    defaultValue: 'development',
  }),
  services: listSetting('SERVICES', {
    doc: 'Services this process runs (`gateway` is the public door); unset = all.',
    defaultValue: [],
  }),
  peers: listSetting('PEERS', {
    doc: 'Where other services run: `name=http://host:port`, comma separated.',
    defaultValue: [],
  }),
  internalKey: textSetting('SALUS_INTERNAL_KEY', {
    doc: 'Secret by which services of one platform know each other; made by itself in one process.',
    isSecret: true,
    defaultValue: undefined,
  }),
  secretKey: textSetting('SECRET_KEY', {
    aliases: ['JWT_SECRET_KEY', 'JWT_SECRET'],
    doc: 'Signs tokens; made and kept in the data folder when unset.',
    isSecret: true,
    defaultValue: undefined,
  }),
  auditKey: textSetting('SALUS_AUDIT_KEY', {
    doc: 'Signs the audit; made and kept in the data folder when unset.',
    isSecret: true,
    defaultValue: undefined,
  }),
  masterKey: textSetting('SALUS_MASTER_KEY', {
    aliases: ['HEALTH_RECORD_ENCRYPTION_KEY'],
    doc: 'Encrypts files and marked columns; made and kept in the data folder when unset. Lost, they are unreadable.',
    isSecret: true,
    defaultValue: undefined,
  }),
  otherMasterKeys: listSetting('SALUS_OTHER_MASTER_KEYS', {
    doc: 'Master keys of before, and of soon: still, and already, readable while the key is changed; comma separated.',
    isSecret: true,
    defaultValue: [],
  }),
  publicUrl: textSetting('PUBLIC_URL', {
    aliases: ['RENDER_EXTERNAL_URL'],
    doc: 'Address under which people reach the platform.',
    defaultValue: undefined,
  }),
  corsOrigins: listSetting('CORS_ORIGINS', {
    aliases: ['FRONTEND_URL'],
    doc: 'Origins of browser clients on other hosts.',
    defaultValue: ['https://meeting-streamer.vercel.app/'],
  }),
  trustedProxies: numberSetting('TRUSTED_PROXIES', {
    doc: 'Proxies in front whose X-Forwarded-For entry is believed.',
    minimum: 0,
    maximum: 5,
    defaultValue: 0,
  }),
  requestsPerMinute: numberSetting('RATE_LIMIT_PER_MINUTE', {
    doc: 'Requests a caller may make a minute; 0 switches the limit off.',
    minimum: 0,
    maximum: 10_000_000,
    defaultValue: 1200,
  }),
  logLevel: wordSetting('LOG_LEVEL', ['debug', 'info', 'warn', 'error', 'silent'], {
    doc: 'Least level that is logged.',
    defaultValue: 'warn',
  }),
  isDemoMode: flagSetting('DEMO_MODE', {
    aliases: ['DEV_MODE', 'AUTO_GENERATE_MOCK_DATA'],
    doc: 'Offers the demo household and shows one-time codes on the console.',
    defaultValue: false,
  }),
  metricsToken: textSetting('METRICS_TOKEN', {
    doc: 'Bearer token for /metrics; without it only this machine may read it.',
    isSecret: true,
    defaultValue: undefined,
  }),
  memoryLimitMb: numberSetting('MEMORY_LIMIT_MB', {
    doc: 'Memory budget shown and watched; 0 takes the container limit.',
    minimum: 0,
    maximum: 1_000_000,
    defaultValue: 0,
  }),
  splitFirstPort: numberSetting('SPLIT_FIRST_PORT', {
    doc: 'First port on 127.0.0.1 of the services of a --split start; each further service takes the next.',
    minimum: 1024,
    maximum: 65000,
    defaultValue: 8001,
  }),
  isStrict: flagSetting('SALUS_STRICT', {
    doc: 'Checks every answer against its contract and clones values as the wire would; for development.',
    defaultValue: false,
  }),
  shutdownSeconds: numberSetting('SHUTDOWN_SECONDS', {
    doc: 'Time in which running requests may end at a stop.',
    minimum: 1,
    maximum: 120,
    defaultValue: 10,
  }),
} as const

export type FrameSettings = SettingsOf<typeof frameSettings>

const WEAK = /^(secret|changeme|change-me|password|test|dev|default|your[-_ ].*|.{0,31})$/i

/** Reads the frame's settings and applies the cross rules. Throws one error with every fault. */
export function readFrameSettings(environment: Environment): FrameSettings {
  const settings = settingValues(frameSettings, environment)
  const faults = settings.environment === 'production' ? weakSecrets(settings) : []
  if (faults.length > 0) throw new Error(`Configuration: ${faults.join('; ')}`)
  return settings
}

function weakSecrets(settings: FrameSettings): string[] {
  const faults: string[] = []
  for (const [name, value] of [
    ['SECRET_KEY', settings.secretKey],
    ['SALUS_INTERNAL_KEY', settings.internalKey],
    ['SALUS_AUDIT_KEY', settings.auditKey],
    ['SALUS_MASTER_KEY', settings.masterKey],
  ] as const) {
    if (value !== undefined && WEAK.test(value))
      faults.push(`${name} is weak: production wants 32 random characters or more`)
  }
  if (settings.isDemoMode) faults.push('DEMO_MODE may not be on in production')
  return faults
}

/**
 * The secret of the given name: from the environment, or made once and kept in the data folder (mode 0600).
 * Returns 32 or more bytes of text.
 */
export function keptSecret(dataFolder: string, name: string, fromEnvironment: string | undefined): string {
  return fromEnvironment ?? (keptSecrets(dataFolder, name)[0] as string)
}

/** The secrets of a name in the data folder, newest first; the first is made when there is none. */
function keptSecrets(dataFolder: string, name: string): string[] {
  const file = secretFile(dataFolder, name)
  if (!existsSync(file)) writeSecrets(file, [newSecret()], linkSync)
  const secrets = readFileSync(file, 'utf8').trim().split('\n')
  // Making a new one would lock out whoever and whatever the old one was for.
  if (secrets.some((secret) => secret.length < SHORTEST_SECRET)) {
    throw new Error(`${file} holds no whole secret: bring it back from a backup, or remove it to have a new one made`)
  }
  return secrets
}

const SHORTEST_SECRET = 32

/** Puts a new secret in front of those of the name; the older ones stay. */
export function rotateKeptSecret(dataFolder: string, name: string): void {
  const before = keptSecrets(dataFolder, name)
  writeSecrets(secretFile(dataFolder, name), [newSecret(), ...before], renameSync)
}

/**
 * The master keys, the current one first: of the environment, then those in the data folder, which stay readable when a
 * key is set in the environment later.
 */
export function masterSecrets(
  dataFolder: string,
  { masterKey, otherMasterKeys }: Pick<FrameSettings, 'masterKey' | 'otherMasterKeys'>,
): string[] {
  const given = [...(masterKey === undefined ? [] : [masterKey]), ...otherMasterKeys]
  const isKept = masterKey === undefined || existsSync(secretFile(dataFolder, 'master'))
  const kept = isKept ? keptSecrets(dataFolder, 'master') : []
  return masterKey === undefined ? [...kept, ...given] : [...given, ...kept]
}

const secretFile = (dataFolder: string, name: string) => path.join(dataFolder, 'keys', `${name}.key`)
const newSecret = () => randomBytes(48).toString('base64url')

/** Whoever reads the file finds it whole. Of two processes that make it, one is first: its secret is the one. */
function writeSecrets(file: string, secrets: readonly string[], put: (draft: string, file: string) => void): void {
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 })
  const draft = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`
  writeFileSync(draft, secrets.join('\n'), { mode: 0o600, flag: 'wx', flush: true })
  try {
    put(draft, file)
  } catch (error) {
    const { code = '' } = error as { code?: string }
    // Some file systems have no links: there, the last one is the one.
    if (['EPERM', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP'].includes(code)) renameSync(draft, file)
    else if (code !== 'EEXIST') throw error
  } finally {
    rmSync(draft, { force: true })
  }
}

/** `PEERS` as a map from service name to origin. Throws on an entry that is not `name=http://...`. */
export function peerMap(peers: readonly string[]): Map<string, string> {
  return new Map(
    peers.map((entry) => {
      const match = /^([a-z-]+)=(https?:\/\/[^/]+)\/?$/.exec(entry)
      // Only the name is shown: what follows may hold a password.
      const [name = ''] = entry.split('=')
      if (match === null) throw new Error(`Configuration: PEERS entry "${name}" is not name=http://host:port`)
      return [match[1] as string, match[2] as string]
    }),
  )
}
