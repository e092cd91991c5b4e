import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { openTestAudit, requestOf } from '../../testing/audit.ts'
import { Audit } from '../audit.ts'
import { newId } from '../ids.ts'
import { silentLog } from '../log.ts'
import { verifyConsistency } from './merkle.ts'
import { proveConsistency } from './proofs.ts'
import { auditOf, checkpoints, poolRows } from './read.ts'
import { checkpointLine, isSigned, openSigner, readCheckpointLine } from './signer.ts'
import type { AuditFault } from './verify.ts'

const PEOPLE = Array.from({ length: 20 }, () => newId())
const kinds = (faults: readonly AuditFault[]) => [...new Set(faults.map((fault) => fault.kind))].sort()

describe('an audit over time', () => {
  it('stays whole when people leave, keeps nothing of them, and tells a removal from an erasure', async () => {
    const log = await openTestAudit()
    try {
      const [leaving, staying] = [newId(), newId()]
      await log.fill(200, [leaving, staying, newId()], [staying, leaving])
      await log.audit.forget(leaving)
      await log.audit.forget(leaving)
      const report = await log.verify()
      assert.deepEqual(report.faults, [])
      assert.ok(report.erased > 50)
      assert.equal(report.rows, 201)
      const { rows } = await log.database.owner.query(
        'select count(*)::int as left from kernel.audit a where to_jsonb(a)::text like $1',
        [`%${leaving}%`],
      )
      assert.equal(rows[0].left, 0)
      const theirs = await auditOf(poolRows(log.pool), staying, { limit: 500 })
      assert.ok(
        theirs.entries.some((entry) => entry.accountId === null),
        'what a person who left did stays, without who',
      )
      const dropped = await log.verifyAfter((client) =>
        client.query('delete from kernel.audit where id = (select id from kernel.audit where person_id = $1 limit 1)', [
          staying,
        ]),
      )
      assert.deepEqual(kinds(dropped.faults), ['dropped'])
      const blanked = await log.verifyAfter((client) =>
        client.query(
          'update kernel.audit set account_id = null, address = null, actor_salt = null where account_id = $1',
          [staying],
        ),
      )
      assert.deepEqual(kinds(blanked.faults), ['altered'])
    } finally {
      await log.close()
    }
  })

  it('takes a person who left out of rows that were still on their way', async () => {
    const log = await openTestAudit()
    try {
      const [leaving, staying] = [newId(), newId()]
      const target = { service: 'notes', name: 'readNotes', kind: 'query' }
      log.audit.record(target, requestOf(leaving), staying, 'allowed')
      log.audit.record(target, requestOf(staying), leaving, 'allowed')
      await log.audit.forget(leaving)
      await log.audit.settle()
      const text = async () =>
        (await log.database.owner.query('select jsonb_agg(to_jsonb(a))::text as all from kernel.audit a')).rows[0].all
      assert.ok(!(await text()).includes(leaving))
      log.clock.advance({ days: 1 })
      log.audit.record(target, requestOf(staying), leaving, 'refused', 'not_found')
      await log.audit.settle()
      assert.ok((await text()).includes(leaving), 'what happens later is noted as ever')
      assert.deepEqual((await log.verify()).faults, [])
      log.clock.advance({ days: 8 })
      await log.audit.prune()
      assert.equal((await log.pool.query('select from kernel.forgotten')).rowCount, 0)
    } finally {
      await log.close()
    }
  })

  it('keeps the last signed head of every hour, each the beginning of the newest', async () => {
    const log = await openTestAudit()
    try {
      for (let hour = 0; hour < 5; hour += 1) {
        for (let batch = 0; batch < 3; batch += 1) await log.fill(1 + hour + batch, PEOPLE)
        log.clock.advance({ hours: 1 })
      }
      const heads = await checkpoints(poolRows(log.pool))
      assert.equal(heads.length, 5)
      for (const head of heads) {
        assert.ok(isSigned(head))
        assert.deepEqual(readCheckpointLine(checkpointLine(head)), head)
        const proof = await proveConsistency(poolRows(log.pool), head.size)
        assert.ok(proof !== undefined)
        assert.ok(verifyConsistency(head.size, proof.checkpoint.size, proof.path, head.root, proof.checkpoint.root))
      }
    } finally {
      await log.close()
    }
  })

  it('notices at the next row that its end was changed meanwhile, and says so for ever', async () => {
    const log = await openTestAudit()
    try {
      await log.fill(20, PEOPLE)
      const kept = (await checkpoints(poolRows(log.pool)))[0]
      await log.database.owner.query('alter table kernel.audit_leaf disable trigger user')
      await log.database.owner.query(
        'delete from kernel.audit where id in (select id from kernel.audit_leaf where position > 16)',
      )
      await log.database.owner.query('delete from kernel.audit_leaf where position > 16')
      await log.fill(30, PEOPLE)
      const { faults } = await log.verify()
      assert.ok(kinds(faults).includes('marked'), JSON.stringify(faults))
      const { faults: against } = await log.verify({ kept: kept === undefined ? [] : [kept] })
      assert.ok(kinds(against).includes('rewritten'), 'a head that was kept outside shows it as well')
    } finally {
      await log.close()
    }
  })

  it('does not take the word of another key', async () => {
    const log = await openTestAudit()
    try {
      await log.fill(3, PEOPLE)
      const other = openSigner('another key').publicKey
      assert.deepEqual(kinds((await log.verify({ publicKeys: [other] })).faults), ['signature'])
      assert.deepEqual((await log.verify({ publicKeys: [other, log.signer.publicKey] })).faults, [])
    } finally {
      await log.close()
    }
  })

  it('appends from several processes at once without a gap, and repeats no row that was answered late', async () => {
    const log = await openTestAudit()
    try {
      const others = Array.from({ length: 4 }, () => new Audit(log.pool, log.clock, silentLog, log.signer))
      const target = { service: 'notes', name: 'readNotes', kind: 'query' }
      for (let index = 0; index < 400; index += 1) {
        const person = PEOPLE[index % PEOPLE.length] as string
        others[index % 4]?.record(target, requestOf(PEOPLE[0] as string), person, 'allowed')
        if (index % 10 === 0) await new Promise((resolve) => setImmediate(resolve))
      }
      await Promise.all(others.map((one) => one.settle()))
      const report = await log.verify()
      assert.deepEqual([report.faults, report.rows], [[], 400])
    } finally {
      await log.close()
    }
  })

  it('lets no role change, remove or sign what stands', async () => {
    const log = await openTestAudit()
    try {
      await log.fill(3, PEOPLE)
      for (const role of ['salus_service', 'salus_system']) {
        const client = await log.database.owner.connect()
        try {
          await client.query(`set role ${role}`)
          for (const text of [
            'delete from kernel.audit_leaf',
            'update kernel.audit_leaf set at = now()',
            'truncate kernel.audit_leaf',
            'delete from kernel.audit',
            "update kernel.audit set outcome = 'allowed'",
            'delete from kernel.audit_checkpoint',
            'update kernel.audit_checkpoint set size = 0',
            ...(role === 'salus_service' ? ['select kernel.audit_erase(gen_random_uuid(), now())'] : []),
            ...(role === 'salus_service' ? ['select kernel.forget(gen_random_uuid(), null)'] : []),
          ]) {
            await assert.rejects(client.query(text), { code: '42501' }, `${role}: ${text}`)
          }
        } finally {
          await client.query('reset role')
          client.release()
        }
      }
      await assert.rejects(log.database.owner.query('delete from kernel.audit_leaf'), /never changed/)
      await assert.rejects(log.database.owner.query('truncate kernel.audit_leaf'), /never changed/)
    } finally {
      await log.close()
    }
  })
})
