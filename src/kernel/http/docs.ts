import { createReadStream, existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import type { FastifyReply } from 'fastify'
import { directionOf } from '../../shared/languages.ts'
import { problemSentence } from '../../shared/problems.ts'
import type { Contract } from '../contract.ts'
import { desk } from '../desk/contract.ts'
import { ERROR_CODES, PlatformError } from '../errors.ts'
import { openApiDocument } from '../openapi.ts'
import { frameTexts } from '../texts/texts.ts'
import type { Face } from './face.ts'
import { escapeHtml, htmlPage, sendHtml } from './html.ts'
import { pathsOf } from './paths.ts'
import { type Reader, readerOf } from './reader.ts'

const ASSETS: Readonly<Record<string, string>> = {
  'swagger-ui.css': 'text/css; charset=utf-8',
  'swagger-ui-bundle.js': 'text/javascript; charset=utf-8',
  'favicon-32x32.png': 'image/png',
}

const START_SCRIPT = `window.addEventListener('load', () => {
  window.ui = SwaggerUIBundle({ url: '/openapi.json', dom_id: '#swagger-ui', deepLinking: true, docExpansion: 'none', filter: true, persistAuthorization: false })
})`

/** Mounts the API documentation: the OpenAPI document, Swagger UI, a reference without scripts, and the list of errors. */
export function mountDocs(face: Face, version: string): void {
  const { pages, platform } = face
  const { contracts } = platform.options
  // What the frame offers whoever runs the platform is an API like all others.
  const documented = [...contracts, desk]
  let document: string | undefined
  const openApi = (reply: FastifyReply) => {
    document ??= JSON.stringify(openApiDocument(documented, version))
    return reply.header('content-type', 'application/json; charset=utf-8').send(document)
  }
  for (const url of ['/openapi.json', '/api/v1/openapi.json']) pages.get(url, (_request, reply) => openApi(reply))
  for (const contract of contracts) {
    for (const name of contract.names) {
      pages.get(`/${name}/openapi.json`, (_request, reply) => openApi(reply))
    }
  }
  for (const url of ['/docs', '/api/v1/docs']) pages.get(url, (request, reply) => swaggerPage(reply, readerOf(request)))
  pages.get('/api/v1/redoc', (request, reply) => sendHtml(reply, referencePage(documented, readerOf(request))))
  pages.get('/redoc', (request, reply) => sendHtml(reply, referencePage(documented, readerOf(request))))
  pages.get('/docs/errors', (request, reply) => sendHtml(reply, errorsPage(readerOf(request))))
  pages.get('/docs/start.js', (_request, reply) =>
    reply.header('content-type', 'text/javascript; charset=utf-8').send(START_SCRIPT),
  )
  pages.get('/docs/assets/:file', (request, reply) => asset((request.params as { file: string }).file, reply))
}

/** Swagger UI itself speaks English. */
function swaggerPage(reply: FastifyReply, { language }: Reader): FastifyReply {
  const { docs: t } = frameTexts(language)
  const body = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Salus API</title>
<meta name="viewport" content="width=device-width,initial-scale=1"><link rel="stylesheet" href="/docs/assets/swagger-ui.css">
<link rel="icon" href="/docs/assets/favicon-32x32.png"></head><body><div id="swagger-ui"><p lang="${language}" dir="${directionOf(language)}"><a href="/api/v1/redoc">${t.withoutScripts}</a></p></div>
<script src="/docs/assets/swagger-ui-bundle.js"></script><script src="/docs/start.js"></script></body></html>`
  // Swagger UI sets styles on elements and draws its icons from data URLs.
  return sendHtml(
    reply,
    body,
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'",
  )
}

function asset(file: string, reply: FastifyReply): FastifyReply {
  const type = ASSETS[file]
  const folder = path.dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'))
  const full = path.join(folder, file)
  if (type === undefined || !existsSync(full)) throw new PlatformError('not_found', 'There is nothing at this address')
  return reply
    .header('content-type', type)
    .header('cache-control', 'public, max-age=86400')
    .send(createReadStream(full))
}

function referencePage(contracts: readonly Contract[], reader: Reader): string {
  const { docs: t } = frameTexts(reader.language)
  const sections = contracts.map((contract) => {
    const rows = [...Object.values(contract.operations), ...Object.values(contract.streams)].flatMap((one) => {
      const [canonical, ...others] = one.access.kind === 'service' ? [] : pathsOf(contract, one)
      if (canonical === undefined) return []
      const also = others.map(({ path: other }) => `<code>${escapeHtml(other)}</code>`).join('<br>')
      const more = others.length === 0 ? '' : `<details><summary>${t.also}</summary>${also}</details>`
      return `<li id="${one.service}.${one.name}"><code><b>${canonical.method}</b> ${escapeHtml(canonical.path)}</code>
        <p><bdi lang="en">${escapeHtml(one.summary)}</bdi> <span class="soft">${t.who[one.access.kind]}</span></p>${more}</li>`
    })
    return `<h2 id="${contract.name}">${contract.name}</h2><p lang="en"><bdi>${escapeHtml(contract.summary)}</bdi></p><ul class="rows">${rows.join('')}</ul>`
  })
  const links = contracts.map((contract) => `<a href="#${contract.name}">${contract.name}</a>`).join(' · ')
  return htmlPage(
    t.reference,
    `<h1>${t.reference}</h1><p>${links}</p><p>${t.schemas}: <a href="/openapi.json">OpenAPI 3.1</a> · ${t.tryIt}: <a href="/docs">Swagger UI</a> · <a href="/docs/errors">${t.errors}</a></p>${sections.join('')}`,
    reader,
  )
}

function errorsPage(reader: Reader): string {
  const { docs: t } = frameTexts(reader.language)
  const rows = Object.entries(ERROR_CODES).map(
    ([code, { status, title, legacy }]) =>
      `<tr id="${code}"><td>${status}</td><td><code>${code}</code></td><td>${problemSentence(reader.language, code) ?? title}</td><td><code>${legacy}</code></td></tr>`,
  )
  return htmlPage(
    t.errors,
    `<h1>${t.errors}</h1><p>${t.every('<code>application/problem+json</code>')}</p><div class="scroll"><table><thead><tr><th>${t.status}</th><th>code</th><th>${t.title}</th><th>error_code</th></tr></thead><tbody>${rows.join('')}</tbody></table></div>`,
    reader,
  )
}
