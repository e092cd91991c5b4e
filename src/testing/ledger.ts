import type { JobDefinition } from '../kernel/service.ts'
import { reaction, type Service } from '../kernel/service.ts'
import { sql } from '../kernel/sql.ts'
import { migrationsFrom } from './frame.ts'
import { notes, notesMigrations, notesService } from './notes.ts'

/** Notes whose events and jobs leave a row for every time they had an effect. Nothing keeps such rows from doubling. */
export const ledgerMigrations = migrationsFrom(
  'notes',
  notesMigrations.migrations[0]?.text ?? '',
  `create table notes.effect (position bigint generated always as identity, what text not null, user_id uuid, body text);`,
)

/** What a process does in the middle of its work: nothing, or it waits there to be killed. */
export type Middle = (where: string) => Promise<void>

export const copyNote = (middle: Middle) =>
  reaction({
    name: 'copy',
    on: notes.events.noteAdded,
    async handle(_context, event, transaction) {
      await transaction.run(
        sql`insert into notes.effect (what, user_id, body) values ('copied', ${event.key}, ${event.data.body})`,
      )
      await middle('reaction')
    },
  })

export const tally = (middle: Middle): JobDefinition => ({
  name: 'tally',
  summary: 'Counts that it ran',
  leaseSeconds: 30,
  async run(context, data) {
    await context
      .system('test')
      .db.run(sql`insert into notes.effect (what, body) values ('tallied', ${String(data.label ?? '')})`)
    await middle('job')
  },
})

export function ledgerService(
  middle: Middle = async () => undefined,
  more: Parameters<typeof notesService>[0] = {},
): Service {
  return notesService({ reactions: [copyNote(middle)], jobs: [tally(middle)], ...more })
}
