import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { type Mounted, RouteTable } from './routes.ts'

const mounted = (path: string): Mounted => ({ path, handler: async (_request, reply) => reply })

function tableOf(...routes: readonly string[]): RouteTable {
  return new RouteTable((add) => {
    for (const route of routes) {
      const [method = '', path = ''] = route.split(' ')
      add(method, path, mounted(path))
    }
  })
}

describe('the route table', () => {
  const table = tableOf(
    'GET /notes',
    'POST /notes',
    'GET /notes/:id',
    'PATCH /notes/:id',
    'GET /notes/latest',
    'GET /notes/:id/parts/:part',
    'GET /files/*',
  )
  const found = (method: string, path: string) => {
    const one = table.find(method, path)
    return one === undefined ? undefined : [one.mounted.path, { ...one.params }]
  }

  test('a named part wins over a parameter, which takes it where the method differs', () => {
    assert.deepEqual(found('GET', '/notes/latest'), ['/notes/latest', {}])
    assert.deepEqual(found('PATCH', '/notes/latest'), ['/notes/:id', { id: 'latest' }])
    assert.deepEqual(found('GET', '/notes/latest/parts/2'), ['/notes/:id/parts/:part', { id: 'latest', part: '2' }])
    assert.equal(found('GET', '/notes/latest/other'), undefined)
  })

  test('empty parts do not count, an encoded slash stays inside its part, a star takes the rest', () => {
    assert.deepEqual(found('GET', '//notes/'), ['/notes', {}])
    assert.deepEqual(found('GET', '/notes/a%2Fb'), ['/notes/:id', { id: 'a/b' }])
    assert.deepEqual(found('GET', '/files/a/b%20c'), ['/files/*', { '*': 'a/b c' }])
    assert.equal(found('GET', '/files'), undefined)
    assert.equal(found('GET', '/notes/%zz'), undefined)
    assert.equal(found('GET', `/notes/${'x'.repeat(501)}`), undefined)
  })

  test('says which methods an address takes', () => {
    assert.deepEqual(table.at('/notes/latest').methods, ['GET', 'PATCH'])
    assert.deepEqual(table.at('/elsewhere').methods, [])
  })

  test('refuses two routes for the same requests, whatever their parameters are called', () => {
    assert.throws(() => tableOf('GET /a/:x/b', 'GET /a/:y/b').root(), /both answer GET/)
  })

  test('finds every route again under any values of its parameters', () => {
    const part = fc.constantFrom('a', 'b', ':x', ':y')
    const routes = fc.uniqueArray(fc.array(part, { minLength: 1, maxLength: 4 }), {
      maxLength: 12,
      selector: (parts) => parts.map((one) => (one.startsWith(':') ? ':' : one)).join('/'),
    })
    const value = fc.string({ minLength: 1, maxLength: 5, unit: 'grapheme' }).filter((text) => !/^[ab]$/.test(text))
    fc.assert(
      fc.property(routes, fc.array(value, { minLength: 4, maxLength: 4 }), (paths, values) => {
        const some = tableOf(...paths.map((parts) => `GET /${parts.join('/')}`))
        for (const parts of paths) {
          const texts = parts.map((one, at) => (one.startsWith(':') ? (values[at] as string) : one))
          const address = `/${texts.map((text) => encodeURIComponent(text)).join('/')}`
          const one = some.find('GET', address)
          assert.equal(one?.mounted.path, `/${parts.join('/')}`)
          const last = parts.findLastIndex((text) => text.startsWith(':'))
          if (last >= 0) assert.equal(one?.params[(parts[last] as string).slice(1)], values[last])
        }
      }),
      { numRuns: 200 },
    )
  })
})
