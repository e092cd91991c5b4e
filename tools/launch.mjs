// The door of `npm start`, `npm test` and `npm run salus`: makes sure that everything is installed and built, then
// hands over to the pinned Node. It runs on Node 20 with nothing installed, hence plain JavaScript without imports.
import { existsSync, readdirSync, readFileSync, realpathSync, statSync, writeFileSync } from 'node:fs'
import module, { createRequire } from 'node:module'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

// What a start with nothing to install or build does not need is read when it is needed.
const read = createRequire(import.meta.url)
const ROOT = dirname(dirname(fileURLToPath(import.meta.url)))
const MODULES = join(ROOT, 'node_modules')
const LOCK_FILE = join(ROOT, 'package-lock.json')
const INSTALL_STAMP = join(MODULES, '.salus-installed')
const BUILD_STAMP = join(ROOT, 'dist', '.salus-built')
const FOLLOW_PARENT = new URL('./followParent.mjs', import.meta.url).href
const IS_WINDOWS = process.platform === 'win32'
const NEEDED_NODE_MAJOR = 24
// The rest is for buffers, code, the libraries' own memory and the built-in database.
const HEAP_SHARE = 0.45
const SMALL_INSTANCE_MB = 512
// Two equal signals this close together are one intention that came on two ways.
const SAME_SIGNAL_MS = 500

await main()

async function main() {
  const [command = 'start', ...rest] = process.argv.slice(2)
  const needsDev = command === 'test' || command === 'dev'
  try {
    ensureInstalled(needsDev)
    const node = findNode()
    if (command === 'test') return await handOver(node, testArguments(rest), { NODE_ENV: 'test' })
    if (command === 'dev')
      return await handOver(node, [...heapFlags(), '--watch', join(ROOT, 'src/main.ts'), 'start', ...rest])
    ensureBuilt(node)
    await handOver(node, [...heapFlags(), join(ROOT, 'dist/main.js'), command, ...rest])
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    process.stderr.write(`${error.message}\n`)
    process.exitCode = 1
  }
}

/** A condition the person at the terminal can mend; its message is all they see. */
function Refusal(message) {
  return Object.setPrototypeOf(new Error(message), Refusal.prototype)
}
Refusal.prototype = Object.create(Error.prototype)

// ---- install

function ensureInstalled(needsDev) {
  if (!existsSync(join(ROOT, 'package.json'))) return
  const wanted = existsSync(LOCK_FILE) ? fingerprint(LOCK_FILE) : 'no-lock'
  const [known, scope] = readText(INSTALL_STAMP).split(' ')
  if (known === wanted && (scope === 'full' || !needsDev)) return
  const found = installedScope()
  if (!found || (needsDev && found !== 'full')) runNpm(needsDev)
  writeStamp(INSTALL_STAMP, `${wanted} ${installedScope() ?? 'full'}`)
}

/**
 * What npm's own record of node_modules says against the lock file: 'full', 'production' (without the development
 * packages), or undefined when something is missing or of another version.
 */
function installedScope() {
  const record = readText(join(MODULES, '.package-lock.json'))
  if (!record || !existsSync(LOCK_FILE)) return undefined
  const installed = JSON.parse(record).packages ?? {}
  const locked = JSON.parse(readText(LOCK_FILE)).packages ?? {}
  if (Object.entries(installed).some(([path, { version }]) => locked[path]?.version !== version)) return undefined
  let scope = 'full'
  for (const [path, entry] of Object.entries(locked)) {
    if (!path || installed[path] || entry.optional || entry.devOptional) continue
    if (!entry.dev) return undefined
    scope = 'production'
  }
  return scope
}

function runNpm(needsDev) {
  const scope = needsDev ? ['--include=dev'] : []
  if (existsSync(LOCK_FILE)) {
    if (npm(['ci', ...scope])) return
    // `npm ci` refuses a lock file made where some system's optional package was missing; this keeps its versions.
    process.stderr.write('npm ci did not work; trying npm install.\n')
    if (npm(['install', '--no-save', ...scope])) return
  } else if (npm(['install', ...scope])) return
  throw Refusal("The dependencies could not be installed: see npm's message above, then run it again.")
}

function npm(args) {
  process.stderr.write(`Installing dependencies (npm ${args.join(' ')})...\n`)
  // node_modules, and with it the Node that `npm start` puts first on the path, is about to be replaced.
  const path = (process.env.PATH ?? '').split(delimiter).filter((folder) => !folder.startsWith(MODULES))
  const { status, error } = read('node:child_process').spawnSync('npm', [...args, '--no-audit', '--no-fund'], {
    cwd: ROOT,
    env: { ...process.env, PATH: path.join(delimiter) },
    stdio: ['ignore', 2, 2],
    shell: IS_WINDOWS,
  })
  if (error) throw Refusal(`npm cannot be run (${error.message}): install Node.js with npm, or run "npm ci" yourself.`)
  return status === 0
}

// ---- the pinned Node

function findNode() {
  const folder = join(MODULES, 'node')
  const pinned = join(folder, 'bin', IS_WINDOWS ? 'node.exe' : 'node')
  if (existsSync(pinned)) return pinned
  if (Number.parseInt(process.versions.node, 10) >= NEEDED_NODE_MAJOR) return process.execPath
  if (existsSync(join(folder, 'installArchSpecificPackage.js'))) {
    // npm ran without install scripts; this is the one that fetches the binary.
    const stdio = ['ignore', 2, 2]
    read('node:child_process').spawnSync(process.execPath, ['installArchSpecificPackage.js'], { cwd: folder, stdio })
    if (existsSync(pinned)) return pinned
  }
  throw Refusal(
    `Node.js ${NEEDED_NODE_MAJOR} is needed, this is ${process.versions.node}, and the pinned one is not in ` +
      `node_modules: run "npm rebuild node", or install Node.js ${NEEDED_NODE_MAJOR}.`,
  )
}

// ---- build

function ensureBuilt(node) {
  const main = join(ROOT, 'dist', 'main.js')
  const files = sourceFiles()
  if (files.length === 0) {
    if (existsSync(main)) return
    throw Refusal('There is neither src/ nor dist/main.js here: this is not a whole copy of the platform.')
  }
  const quick = files.map((file) => `${below(file)} ${fingerprint(file)}`).join('\n')
  const stamp = existsSync(main) ? readText(BUILD_STAMP) : ''
  const builtContent = stamp.slice(0, stamp.indexOf('\n'))
  if (stamp === `${builtContent}\n${quick}`) return
  const content = sha256(files.map((file) => `${below(file)} ${sha256(readFileSync(file))}`).join('\n'))
  // A fresh checkout or an image layer changes every date and no content.
  if (content !== builtContent) {
    const build = [join(ROOT, 'tools/build.mjs')]
    const { status } = read('node:child_process').spawnSync(node, build, { cwd: ROOT, stdio: ['ignore', 2, 2] })
    if (status !== 0) throw Refusal('The server could not be built: see the message above.')
  }
  writeStamp(BUILD_STAMP, `${content}\n${quick}`)
}

function sourceFiles() {
  const source = join(ROOT, 'src')
  if (!existsSync(source)) return []
  const files = walk(source).filter((file) => !file.endsWith('.test.ts'))
  return [...files, LOCK_FILE, join(ROOT, 'tools/build.mjs')].filter((file) => existsSync(file)).sort()
}

function fingerprint(file) {
  const { size, mtimeMs } = statSync(file)
  return `${size}-${mtimeMs}`
}

// ---- arguments

/** Files and folders among the arguments select tests; everything else goes to `node --test` as it is. */
function testArguments(rest) {
  const selected = rest.filter((argument) => !argument.startsWith('-') && existsSync(argument))
  const options = rest.filter((argument) => !selected.includes(argument))
  const places =
    selected.length > 0
      ? selected
      : [join(ROOT, 'src'), join(ROOT, 'tests'), join(ROOT, 'tools')].filter((p) => existsSync(p))
  const files = places.flatMap((place) => (statSync(place).isDirectory() ? walk(place).filter(isPlainTest) : [place]))
  if (files.length === 0) throw Refusal('There are no tests (*.test.ts) here.')
  return ['--test', '--test-isolation=none', ...options, ...files.sort()]
}

/** Tests that need a browser run when they are named: `npm test tests/browser/*.test.ts`. */
function isPlainTest(file) {
  return file.endsWith('.test.ts') && !below(file).startsWith(join('tests', 'browser'))
}

function heapFlags() {
  if (/max[-_]old[-_]space[-_]size/.test(process.env.NODE_OPTIONS ?? '')) return []
  const limitMb = Number(process.env.MEMORY_LIMIT_MB) || containerLimitMb()
  if (!limitMb) return []
  // A small young generation costs a little speed and saves about 20 MB, which a small instance lacks.
  const young = limitMb <= SMALL_INSTANCE_MB ? ['--max-semi-space-size=2'] : []
  return [`--max-old-space-size=${Math.floor(limitMb * HEAP_SHARE)}`, ...young]
}

/** The memory limit of this container in MiB, the smallest on the way up; undefined when there is none. */
function containerLimitMb() {
  const limits = readText('/proc/self/cgroup')
    .split('\n')
    .flatMap((line) => {
      const [, controllers, path] = /^\d+:([^:]*):(.*)$/.exec(line) ?? []
      if (controllers === '') return limitsUp('/sys/fs/cgroup', path, 'memory.max')
      if (controllers?.split(',').includes('memory')) {
        return limitsUp('/sys/fs/cgroup/memory', path, 'memory.limit_in_bytes')
      }
      return []
    })
  // "No limit" reads as `max` in version 2 and as a number near 2^63 in version 1.
  const real = limits.filter((bytes) => bytes > 0 && bytes < 2 ** 50)
  return real.length > 0 ? Math.floor(Math.min(...real) / 1_048_576) : undefined
}

function limitsUp(mount, path, file) {
  const limits = []
  // Inside a container the path may name a folder of the host: then only the mount itself exists.
  for (let folder = join(mount, path); folder.startsWith(mount); folder = dirname(folder)) {
    limits.push(Number(readText(join(folder, file))))
  }
  return limits
}

// ---- hand over

/**
 * Runs Node and becomes it where the system allows: one process, each signal once, no memory for a launcher. Where this is the
 * pinned Node already and it needs no flags, it goes on as it is, which saves the start of another. Under `npm start` in a
 * terminal it stays in between, because npm passes Ctrl-C on to its child after the terminal already delivered it, and the
 * second one would turn a graceful stop into a forced one.
 */
async function handOver(node, args, extra = {}) {
  const env = { NODE_COMPILE_CACHE: join(MODULES, '.cache', 'compile'), ...extra }
  const isByNpm = Boolean(process.env.npm_lifecycle_event)
  const canBecome = typeof process.execve === 'function' && !IS_WINDOWS && !(isByNpm && isForeground())
  Object.assign(process.env, env)
  if (canBecome && !args[0].startsWith('-') && realpathSync(process.execPath) === realpathSync(node)) {
    module.enableCompileCache(env.NODE_COMPILE_CACHE)
    process.argv = [process.execPath, ...args]
    if (isByNpm) await import(FOLLOW_PARENT)
    return import(pathToFileURL(args[0]).href)
  }
  const all = isByNpm || !canBecome ? [`--import=${FOLLOW_PARENT}`, ...args] : args
  if (canBecome) process.execve(node, [node, ...all], process.env)
  const child = read('node:child_process').spawn(node, all, { stdio: 'inherit' })
  if (isByNpm) await import(FOLLOW_PARENT)
  const lastAt = new Map()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      const now = performance.now()
      const isRepeat = now - (lastAt.get(signal) ?? Number.NEGATIVE_INFINITY) < SAME_SIGNAL_MS
      lastAt.set(signal, now)
      // The terminal sends these two to the whole group, the child included.
      const isFromTerminal = signal !== 'SIGTERM' && isForeground()
      if (!isRepeat && !isFromTerminal) child.kill(signal)
    })
  }
  process.on('exit', () => child.kill('SIGTERM'))
  child.on('error', (error) => {
    process.stderr.write(`${node} cannot be run: ${error.message}\n`)
    process.exitCode = 1
  })
  const { signals } = read('node:os').constants
  child.on('exit', (code, signal) => process.exit(code ?? 128 + (signals[signal] ?? 0)))
}

/** True when Ctrl-C in a terminal would reach our process group. */
function isForeground() {
  const stat = readText('/proc/self/stat')
  if (!stat) return [0, 1, 2].some((stream) => read('node:tty').isatty(stream))
  const [, , group, , , terminalGroup] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return group === terminalGroup
}

// ---- small things

/** The path of a file below the root. */
function below(file) {
  return file.slice(ROOT.length + 1)
}

function walk(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return entry.name === 'node_modules' ? [] : walk(path)
    return entry.isFile() ? [path] : []
  })
}

function readText(path) {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch {
    return ''
  }
}

function sha256(data) {
  return read('node:crypto').createHash('sha256').update(data).digest('hex')
}

/** A read-only installation works without stamps; it only looks again at the next start. */
function writeStamp(path, text) {
  try {
    writeFileSync(path, `${text}\n`)
  } catch (error) {
    if (!['EACCES', 'EROFS', 'ENOENT', 'EPERM'].includes(error.code)) throw error
  }
}
