import { announceCall } from '../kernel/context.ts'
import { command, defineContract, event, query } from '../kernel/contract.ts'
import { notFound } from '../kernel/errors.ts'
import { integer, list, object, oneOf, optional, Type, text, uuid } from '../kernel/fields.ts'
import { defineService, type Personal, type Service, type ServiceDefinition } from '../kernel/service.ts'
import { sql } from '../kernel/sql.ts'
import { migrationsFrom } from './frame.ts'

const Note = object({ id: uuid(), body: Type.String(), kind: oneOf(['plain', 'urgent']) })

/** A made-up service with rows about people, for tests of the frame. */
export const notes = defineContract({
  name: 'notes',
  summary: 'Notes of a person, for tests of the frame.',
  names: ['notes', 'memo'],
  operations: {
    add: command({
      summary: 'Write a note',
      route: 'POST /notes',
      access: { kind: 'person', category: 'documents' },
      status: 201,
      input: object({
        body: text(2000),
        kind: optional(oneOf(['plain', 'urgent'], { default: 'plain' })),
        weight: optional(integer(0, 100)),
        tags: optional(list(text(20), 5)),
      }),
      output: Note,
      errors: ['conflict'],
    }),
    list: query({
      summary: 'The notes',
      route: 'GET /notes',
      aliases: ['GET /odd/all-notes/'],
      access: { kind: 'person', category: 'documents' },
      input: object({ limit: optional(integer(1, 100, { default: 50 })), kind: optional(oneOf(['plain', 'urgent'])) }),
      output: list(Note, 100),
    }),
    get: query({
      summary: 'One note',
      route: 'GET /notes/:id',
      access: { kind: 'person', category: 'documents' },
      input: object({ id: uuid() }),
      output: Note,
    }),
    remove: command({
      summary: 'Delete a note',
      route: 'DELETE /notes/:id',
      access: { kind: 'person', category: 'documents' },
      status: 204,
      input: object({ id: uuid() }),
      output: Type.Null(),
    }),
    count: query({
      summary: 'How many notes the person of the call has',
      access: { kind: 'service' },
      input: object({}),
      output: object({ count: Type.Integer() }),
    }),
  },
  events: {
    noteAdded: event(1, object({ user_id: uuid(), id: uuid(), body: Type.String() }), {
      summary: 'A note was written',
    }),
  },
})

export const notesMigrations = migrationsFrom(
  'notes',
  `create table notes.note (
    id uuid primary key, user_id uuid not null, body text not null, kind text not null default 'plain',
    created_at timestamptz not null default now());
  create index note_user on notes.note (user_id);`,
)

export const notesPersonal: Personal = {
  exportAll: async (db, personId) => ({
    notes: await db.many(sql`select id, body from notes.note where user_id = ${personId}`),
  }),
  eraseAll: async (transaction, personId) => ({
    note: await transaction.run(sql`delete from notes.note where user_id = ${personId}`),
  }),
}

/** The notes service, with more of a manifest when given. */
export function notesService(more: Partial<ServiceDefinition<typeof notes>> = {}): Service {
  return defineService({
    contract: notes,
    needs: [],
    personal: notesPersonal,
    ...more,
    handlers: {
      async add(context, { body, kind = 'plain' }) {
        const id = context.newId()
        const announcement = announceCall(context, notes.events.noteAdded, { user_id: context.personId, id, body })
        await context.db.run(
          sql`with written as (
              insert into notes.note (id, user_id, body, kind, created_at)
              values (${id}, ${context.personId}, ${body}, ${kind}, ${context.now()}) returning id)
            select ${announcement} from written`,
        )
        return { id, body, kind }
      },
      list: (context, { limit = 50 }) =>
        context.db.many(sql`select id, body, kind from notes.note order by id limit ${limit}`),
      async get(context, { id }) {
        const row = await context.db.one<{ id: string; body: string; kind: 'plain' | 'urgent' }>(
          sql`select id, body, kind from notes.note where id = ${id}`,
        )
        if (row === undefined) throw notFound('Note')
        return row
      },
      async remove(context, { id }) {
        if ((await context.db.run(sql`delete from notes.note where id = ${id}`)) === 0) throw notFound('Note')
        return null
      },
      async count(context) {
        const row = await context.db.one<{ count: number }>(sql`select count(*) as count from notes.note`)
        return { count: row?.count ?? 0 }
      },
      ...more.handlers,
    },
  })
}
