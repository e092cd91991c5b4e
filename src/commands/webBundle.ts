import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import { type BuildOptions, build, type Metafile } from 'esbuild'
import { directionOf } from '../shared/languages.ts'
import { chartsAlone, fieldsInPlace } from './webParts.ts'

/** A file of the web client: its name changes with its content. */
export interface WebFile {
  readonly type: string
  readonly bytes: Buffer
  readonly brotli: Buffer
  /** For browsers that reach the platform without encryption, on a network at home: those take no Brotli. */
  readonly gzip: Buffer
}

export interface WebBundle {
  /** The one page; the client draws the rest. */
  readonly page: string
  readonly files: ReadonlyMap<string, WebFile>
}

const TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
}
const PAGE = 'page.html'
/** The worker of the client: the one file whose name stays, for the browser to find its new version. */
export const WORKER = 'sw.js'
/** Pages that open without the server; the others are kept once they were opened. */
const OFFLINE_PAGES = [
  'src/web/pages/doorPages.ts',
  'src/web/pages/TodayPage.tsx',
  'src/web/pages/morePages.ts',
  'src/web/sos/SosPage.tsx',
  'src/web/pages/logPages.ts',
]
const LOOK: BuildOptions = {
  target: ['es2022', 'safari16'],
  tsconfigRaw: '{}',
  legalComments: 'none',
  minify: true,
}

/** Bundles the web client from its sources under `root`. */
export async function bundleWeb(root: string): Promise<WebBundle> {
  const { outputFiles, metafile } = await build({
    ...LOOK,
    absWorkingDir: root,
    plugins: [fieldsInPlace(root), chartsAlone()],
    // The second gives every file the `h` and `Fragment` that its elements become: shorter than calls of the JSX runtime.
    inject: ['src/web/firstLoad.ts', 'node_modules/preact/dist/preact.mjs'],
    entryPoints: { client: 'src/web/main.tsx', style: 'src/web/styles/style.css' },
    outdir: 'web',
    bundle: true,
    splitting: true,
    format: 'esm',
    // Texts of other languages as they are, not as escapes twice as long.
    charset: 'utf8',
    jsx: 'transform',
    jsxFactory: 'h',
    jsxFragment: 'Fragment',
    entryNames: '[name]-[hash]',
    chunkNames: '[name]-[hash]',
    write: false,
    metafile: true,
    logLevel: 'warning',
  })
  const files = new Map(outputFiles.map((file) => [path.basename(file.path), webFile(file.path, file.contents)]))
  const script = outputOf(metafile, 'src/web/main.tsx')
  const style = outputOf(metafile, 'src/web/styles/style.css')
  const first = importsOf(metafile, script)
  const page = pageOf(baseOf(script), first.map(baseOf), baseOf(style))
  const shell = [
    style,
    ...[script, ...OFFLINE_PAGES.map((one) => outputOf(metafile, one))].flatMap(withImports(metafile)),
  ]
  files.set(WORKER, await bundleWorker(root, page, [...new Set(shell.map(baseOf))]))
  return { page, files }
}

/** The worker knows what it keeps; when any of it changes, so does the worker, and the browser takes the new one. */
async function bundleWorker(root: string, page: string, names: readonly string[]): Promise<WebFile> {
  const icons = ['/web/icon.svg', '/manifest.webmanifest']
  const version = createHash('sha256').update(page).update(names.join()).digest('base64url').slice(0, 10)
  const { outputFiles } = await build({
    ...LOOK,
    absWorkingDir: root,
    entryPoints: ['src/web/worker/sw.ts'],
    bundle: true,
    format: 'iife',
    write: false,
    define: {
      SHELL_FILES: JSON.stringify([...names.map((name) => `/web/${name}`), ...icons]),
      SHELL_VERSION: JSON.stringify(version),
    },
  })
  return webFile(WORKER, outputFiles[0]?.contents ?? new Uint8Array())
}

/** The file that an entry of the sources became. Throws when nothing did. */
function outputOf({ outputs }: Metafile, entry: string): string {
  const found = Object.entries(outputs).find(([, output]) => output.entryPoint === entry)
  if (found === undefined) throw new Error(`the bundle has no file for ${entry}`)
  return found[0]
}

/** The files that come with a file, those of their own included. */
function importsOf(metafile: Metafile, file: string): string[] {
  const found = new Set<string>()
  const look = (one: string) => {
    for (const { path: other, kind } of metafile.outputs[one]?.imports ?? []) {
      if (kind !== 'import-statement' || found.has(other)) continue
      found.add(other)
      look(other)
    }
  }
  look(file)
  return [...found]
}

function withImports(metafile: Metafile): (file: string) => string[] {
  return (file) => [file, ...importsOf(metafile, file)]
}

function baseOf(file: string): string {
  return path.basename(file)
}

function webFile(name: string, contents: Uint8Array): WebFile {
  const bytes = Buffer.from(contents)
  // A sixteenth less than the quality below it, for a third of a second of the build; the quality above takes a whole one.
  const params = { [constants.BROTLI_PARAM_QUALITY]: 10 }
  return {
    type: TYPES[path.extname(name)] ?? 'application/octet-stream',
    bytes,
    brotli: brotliCompressSync(bytes, { params }),
    gzip: gzipSync(bytes, { level: constants.Z_BEST_COMPRESSION }),
  }
}

/** What works without scripts, in every language: the sentence, then signing in, making an account, whether all is well. */
const WITHOUT_SCRIPTS = [
  ['en', 'This page needs scripts. These work without:', 'sign in', 'make an account', 'status'],
  ['hi', 'इस पेज को स्क्रिप्ट चाहिए। ये उनके बिना चलते हैं:', 'साइन इन', 'खाता बनाना', 'स्थिति'],
  ['ar', 'تحتاج هذه الصفحة إلى البرمجة النصية. وهذه تعمل من دونها:', 'تسجيل الدخول', 'إنشاء حساب', 'الحالة'],
  ['ms', 'Halaman ini memerlukan skrip. Yang ini berfungsi tanpanya:', 'log masuk', 'buat akaun', 'status'],
] as const

function withoutScripts([language, sentence, ...names]: (typeof WITHOUT_SCRIPTS)[number]): string {
  const links = ['sign-in', 'register', 'status'].map(
    (page, place) => `<a href="/${page}?lang=${language}">${names[place]}</a>`,
  )
  return `<p lang="${language}" dir="${directionOf(language)}">${sentence} ${links.join(' · ')}</p>`
}

function pageOf(script: string, chunks: readonly string[], style: string): string {
  const preload = chunks.map((name) => `<link rel="modulepreload" href="/web/${name}">`).join('')
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Salus</title>
<meta name="viewport" content="width=device-width,initial-scale=1,viewport-fit=cover"><meta name="color-scheme" content="light dark">
<meta name="theme-color" content="#f8f5ef" media="(prefers-color-scheme: light)"><meta name="theme-color" content="#12181a" media="(prefers-color-scheme: dark)">
<link rel="manifest" href="/manifest.webmanifest"><link rel="apple-touch-icon" href="/web/icon-180.png"><link rel="icon" href="/web/icon.svg" type="image/svg+xml"><link rel="preload" as="fetch" crossorigin href="/api/v1/auth/web/session"><link rel="stylesheet" href="/web/${style}">${preload}<script type="module" src="/web/${script}"></script></head>
<body><div id="root"></div><noscript><main class="door"><h1>Salus</h1>${WITHOUT_SCRIPTS.map(withoutScripts).join('')}</main></noscript></body></html>`
}

/** Writes a bundle into a folder, for `readBundle`. */
export function writeBundle(bundle: WebBundle, folder: string): void {
  mkdirSync(folder, { recursive: true })
  writeFileSync(path.join(folder, PAGE), bundle.page)
  for (const [name, { bytes, brotli, gzip }] of bundle.files) {
    writeFileSync(path.join(folder, name), bytes)
    writeFileSync(path.join(folder, `${name}.br`), brotli)
    writeFileSync(path.join(folder, `${name}.gz`), gzip)
  }
}

/** Reads a bundle that the build wrote. */
export function readBundle(folder: string): WebBundle {
  const names = readdirSync(folder).filter((name) => path.extname(name) in TYPES)
  const read = (name: string) => readFileSync(path.join(folder, name))
  const files = names.map((name): [string, WebFile] => [
    name,
    {
      type: TYPES[path.extname(name)] as string,
      bytes: read(name),
      brotli: read(`${name}.br`),
      gzip: read(`${name}.gz`),
    },
  ])
  return { page: read(PAGE).toString('utf8'), files: new Map(files) }
}
