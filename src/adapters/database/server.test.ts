import assert from 'node:assert/strict'
import { createServer } from 'node:net'
import { describe, it } from 'node:test'
import { openServer, parseDatabaseUrl } from './server.ts'

describe('DATABASE_URL', () => {
  it('reads host, port, account and database', () => {
    assert.deepEqual(parseDatabaseUrl('postgres://ann:p%40ss@db.example:6543/health'), {
      host: 'db.example',
      port: 6543,
      user: 'ann',
      password: 'p@ss',
      database: 'health',
    })
  })

  it('reads a unix socket folder', () => {
    const { host, database } = parseDatabaseUrl('postgresql://ann@localhost/health?host=%2Frun%2Fpostgresql')
    assert.deepEqual({ host, database }, { host: '/run/postgresql', database: 'health' })
    assert.equal(parseDatabaseUrl('postgresql:///health?host=/run/postgresql').host, '/run/postgresql')
  })

  it('encrypts without a known root for sslmode=require, as libpq does', () => {
    assert.deepEqual(parseDatabaseUrl('postgres://a:b@h/d?sslmode=require').ssl, { rejectUnauthorized: false })
    assert.equal(parseDatabaseUrl('postgres://a:b@h/d?sslmode=disable').ssl, undefined)
  })

  it('refuses what is not a PostgreSQL URL, without repeating it', () => {
    assert.throws(() => parseDatabaseUrl('mysql://ann:secret@h/d'), /must start with postgres/)
    assert.throws(() => parseDatabaseUrl('postgres://ann:secret@h'), /names no database/)
    assert.throws(
      () => parseDatabaseUrl('postgres://ann:se cret%zz@h:port/d'),
      (error: Error) => !error.message.includes('cret'),
    )
  })

  it('says which server does not answer', async () => {
    const closed = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => closed.once('listening', resolve))
    const address = closed.address()
    const port = typeof address === 'object' ? address?.port : 0
    await new Promise((resolve) => closed.close(resolve))
    await assert.rejects(
      openServer(`postgres://ann:secret@127.0.0.1:${port}/d`),
      (error: Error) => error.message.includes(`127.0.0.1:${port}`) && !error.message.includes('secret'),
    )
  })
})
