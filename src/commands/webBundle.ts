import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { brotliCompressSync, constants } from 'node:zlib'
import { build } from 'esbuild'

/** A file of the web client: its name changes with its content. */
export interface WebFile {
  readonly type: string
  readonly bytes: Buffer
  readonly brotli: Buffer
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

/** Bundles the web client from its sources under `root`. */
export async function bundleWeb(root: string): Promise<WebBundle> {
  const { outputFiles, metafile } = await build({
    absWorkingDir: root,
    entryPoints: { client: 'src/web/main.tsx', style: 'src/web/styles/style.css' },
    outdir: 'web',
    bundle: true,
    splitting: true,
    format: 'esm',
    minify: true,
    // Texts of other languages as they are, not as escapes twice as long.
    charset: 'utf8',
    target: ['es2022', 'safari16'],
    jsx: 'automatic',
    jsxImportSource: 'preact',
    tsconfigRaw: '{}',
    entryNames: '[name]-[hash]',
    chunkNames: '[name]-[hash]',
    legalComments: 'none',
    write: false,
    metafile: true,
    logLevel: 'warning',
  })
  const files = new Map(outputFiles.map((file) => [path.basename(file.path), webFile(file.path, file.contents)]))
  const nameOf = (entry: string) => {
    const found = Object.entries(metafile.outputs).find(([, output]) => output.entryPoint === entry)
    return { name: path.basename(found?.[0] ?? ''), imports: found?.[1].imports ?? [] }
  }
  const script = nameOf('src/web/main.tsx')
  const first = script.imports.filter((one) => one.kind === 'import-statement').map((one) => path.basename(one.path))
  return { page: pageOf(script.name, first, nameOf('src/web/styles/style.css').name), files }
}

function webFile(name: string, contents: Uint8Array): WebFile {
  const bytes = Buffer.from(contents)
  const params = { [constants.BROTLI_PARAM_QUALITY]: 9 }
  return {
    type: TYPES[path.extname(name)] ?? 'application/octet-stream',
    bytes,
    brotli: brotliCompressSync(bytes, { params }),
  }
}

function pageOf(script: string, chunks: readonly string[], style: string): string {
  const preload = chunks.map((name) => `<link rel="modulepreload" href="/web/${name}">`).join('')
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Salus</title>
<meta name="viewport" content="width=device-width,initial-scale=1,viewport-fit=cover"><meta name="color-scheme" content="light dark">
<link rel="icon" href="/web/icon.svg" type="image/svg+xml"><link rel="stylesheet" href="/web/${style}">${preload}<script type="module" src="/web/${script}"></script></head>
<body><div id="root"></div><noscript><main class="door"><h1>Salus without scripts</h1><p>This page needs scripts. These work without: <a href="/sign-in">sign in</a>, <a href="/register">make an account</a>, <a href="/status">status</a>, <a href="/redoc">API reference</a>.</p></main></noscript></body></html>`
}

/** Writes a bundle into a folder, for `readBundle`. */
export function writeBundle(bundle: WebBundle, folder: string): void {
  mkdirSync(folder, { recursive: true })
  writeFileSync(path.join(folder, PAGE), bundle.page)
  for (const [name, { bytes, brotli }] of bundle.files) {
    writeFileSync(path.join(folder, name), bytes)
    writeFileSync(path.join(folder, `${name}.br`), brotli)
  }
}

/** Reads a bundle that the build wrote. */
export function readBundle(folder: string): WebBundle {
  const names = readdirSync(folder).filter((name) => path.extname(name) in TYPES)
  const read = (name: string) => readFileSync(path.join(folder, name))
  const files = names.map((name): [string, WebFile] => [
    name,
    { type: TYPES[path.extname(name)] as string, bytes: read(name), brotli: read(`${name}.br`) },
  ])
  return { page: read(PAGE).toString('utf8'), files: new Map(files) }
}
