/** The parts of the tree that the import rules tell apart. */
export type Zone =
  | 'main'
  | 'board'
  | 'compose'
  | 'testing'
  | 'commands'
  | 'kernel'
  | 'adapters'
  | 'shared'
  | 'service'
  | 'web'
  | 'outside'

/** Where a file stands. */
export interface Place {
  readonly zone: Zone
  /** Service or adapter folder. */
  readonly owner: string
  /** Inside a service: `contract`, `handlers`, `store`... */
  readonly part: string
  readonly isTest: boolean
}

const SINGLE_FILES: Readonly<Record<string, Zone>> = {
  'main.ts': 'main',
  'services.ts': 'board',
  'compose.ts': 'compose',
  'testing.ts': 'testing',
}
const FOLDERS = new Set<string>(['testing', 'commands', 'kernel', 'adapters', 'shared', 'web'])

/** Tests, their helpers, and the behaviour suites that every adapter of a port must pass. */
const TESTING = /\.test\.tsx?$|(^|\/)testing(\.ts$|\/)|^src\/adapters\/[^/]+\/suite\.ts$/

/** Tells where a file stands; `undefined` for one that no part of `src` owns. */
export function placeOf(file: string): Place | undefined {
  const [top, first = '', second = '', third = ''] = file.split('/')
  const isTest = top === 'tests' || TESTING.test(file)
  if (top !== 'src') return { zone: 'outside', owner: top ?? '', part: '', isTest }
  if (first === 'services') return { zone: 'service', owner: second, part: third.replace(/\..*$/, ''), isTest }
  if (second === '') {
    const zone = SINGLE_FILES[first.replace('.test.ts', '.ts')]
    return zone === undefined ? undefined : { zone, owner: '', part: '', isTest }
  }
  if (!FOLDERS.has(first)) return undefined
  return { zone: first as Zone, owner: first === 'adapters' ? second : '', part: '', isTest }
}

/** Names of the service folders of a list of files, in order. */
export function servicesOf(files: readonly string[]): string[] {
  const names = files.filter((file) => /^src\/services\/[^/]+\//.test(file)).map((file) => file.split('/')[2] as string)
  return [...new Set(names)]
}

/** Schema of a service: its name with underscores. */
export function schemaOf(service: string): string {
  return service.replaceAll('-', '_')
}
