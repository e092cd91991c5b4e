import type pg from 'pg'

/** A person of the demo household, as the frame remembers them so that all of them can be removed. */
export interface DemoResident {
  readonly personId: string
  readonly accountId: string
  readonly key: string
}

/** Notes a person of the demo household. `pool` acts as the system role. */
export async function noteDemoPerson(pool: pg.Pool, resident: DemoResident, now: Date): Promise<void> {
  await pool.query('insert into kernel.demo_person (person_id, account_id, key, created_at) values ($1, $2, $3, $4)', [
    resident.personId,
    resident.accountId,
    resident.key,
    now,
  ])
}

/** Everybody of the demo household, those without an account first: their keepers go last. */
export async function demoPeople(pool: pg.Pool): Promise<DemoResident[]> {
  const { rows } = await pool.query<{ person_id: string; account_id: string; key: string }>(
    'select person_id, account_id, key from kernel.demo_person order by (person_id = account_id), key',
  )
  return rows.map((row) => ({ personId: row.person_id, accountId: row.account_id, key: row.key }))
}

/** Forgets a person of the demo household who has been erased. */
export async function forgetDemoPerson(pool: pg.Pool, personId: string): Promise<void> {
  await pool.query('delete from kernel.demo_person where person_id = $1', [personId])
}
