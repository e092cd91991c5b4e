import assert from 'node:assert/strict'
import { Readable } from 'node:stream'
import { test } from 'node:test'
import { connectingPage } from './connectingPage.ts'

const back = (headers: Readonly<Record<string, string>>) => ({
  method: 'GET',
  url: '/callback?state=secret-state&code=secret-code&error_description=%3Cscript%3E',
  params: {},
  query: { state: 'secret-state', code: 'secret-code', error_description: '<script>' },
  headers,
  body: Readable.from([]),
})

test('whoever comes back from another sign-in reads how it ended in their language, and nothing of the request', () => {
  const page = connectingPage(back({ 'accept-language': 'ar' }), 'connected')
  const html = String(page.body)
  assert.equal(page.status, 200)
  assert.match(html, /<html lang="ar" dir="rtl">/)
  assert.match(html, /تم الربط/)
  assert.doesNotMatch(html, /secret|<script/)
  assert.match(page.headers?.['content-security-policy'] ?? '', /^default-src 'none'/)
})

test('what did not work is no success', () => {
  const statuses = (['stale', 'declined', 'refused', 'away'] as const).map(
    (how) => connectingPage(back({}), how).status,
  )
  assert.deepEqual(statuses, [400, 400, 400, 502])
})
