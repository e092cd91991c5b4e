import { CATEGORIES } from '../../../kernel/contract.ts'
import { PlatformError } from '../../../kernel/errors.ts'
import { frameOperations } from '../../../kernel/frameOperations.ts'
import { newId } from '../../../kernel/ids.ts'
import { errorFields } from '../../../kernel/log.ts'
import type { Context } from '../../../kernel/service.ts'
import { CONTROLS, type ControlName } from '../contract/compliance.ts'
import { countLate } from '../store/breaches.ts'
import { type ControlRow, insertRun } from '../store/controls.ts'
import { consentDrill, removeDrillRow, seeDrillRow, writeDrillRow } from '../store/drills.ts'
import { countOverdue } from '../store/requests.ts'

/** What came of executing a control. */
interface Finding {
  readonly outcome: 'passed' | 'failed' | 'unavailable'
  readonly finding: string
  readonly evidence: object
}

const MARK = 'this text of a drill may stand on no disk'

const RUN: Readonly<Record<ControlName, (context: Context) => Promise<Finding>>> = {
  rows_closed_by_person: closedRows,
  consent_enforced: consents,
  grant_enforced: grants,
  audit_unaltered: audit,
  encryption_at_rest: encryption,
  export_drill: (context) => drill(context, 'exported'),
  erasure_drill: (context) => drill(context, 'left'),
  requests_answered_in_time: requests,
}

/** Executes controls and keeps what came of each. A control that breaks has failed. */
export async function runControls(context: Context, wanted: readonly ControlName[] = CONTROLS): Promise<void> {
  const { db } = context.system('runs of controls are of nobody')
  for (const control of wanted) {
    const startedAt = performance.now()
    const found = await RUN[control](context).catch((error: unknown): Finding => {
      context.log.warn({ control, ...errorFields(error) }, 'a control broke')
      return { outcome: 'failed', finding: 'the control could not be executed', evidence: {} }
    })
    const run: ControlRow = {
      control,
      ...found,
      ran_at: context.now(),
      took_ms: Math.round(performance.now() - startedAt),
    }
    await insertRun(db, context.newId(), run)
  }
}

const verdict = (isRight: boolean, right: string, wrong: string, evidence: object): Finding =>
  isRight ? { outcome: 'passed', finding: right, evidence } : { outcome: 'failed', finding: wrong, evidence }

async function closedRows(context: Context): Promise<Finding> {
  const tables = await context.controls.closedTables()
  const open = tables.filter((one) => !one.isClosed).map((one) => one.table)
  const evidence = { tables: tables.length, open }
  return verdict(
    open.length === 0 && tables.length > 0,
    `${tables.length} tables, all closed`,
    `open: ${open.join(', ')}`,
    evidence,
  )
}

/** Gives, asks, withdraws, asks: of a person that does not exist, in a transaction that is undone. */
async function consents(context: Context): Promise<Finding> {
  const seen = await consentDrill(
    context.system('a drill on a person that does not exist'),
    newId(),
    newId(),
    context.now(),
  )
  const isRight = seen.join() === 'no-consent,yes,no-consent'
  return verdict(isRight, 'refused, allowed, refused', `the database said ${seen.join(', ')}`, { seen })
}

/** Reads a row of a person that does not exist as somebody else: the database itself must hide it. */
async function grants(context: Context): Promise<Finding> {
  const [personId, holderId] = [newId(), newId()]
  const { db } = context.system('a drill on a person that does not exist')
  const holder = context.asHolder(holderId, personId, 'wellness')
  const see = async () => (await seeDrillRow(holder.db)) === 1
  try {
    await writeDrillRow(db, personId, context.now())
    const before = await see()
    const until = new Date(context.now().getTime() + 60_000)
    await writeDrillRow(db, personId, context.now(), { holderId, until })
    const during = await see()
    await removeDrillRow(db, personId, { keepsRow: true })
    const afterwards = await see()
    const evidence = { before, during, after: afterwards }
    return verdict(
      !before && during && !afterwards,
      'hidden, shown, hidden',
      'a row was shown or hidden wrongly',
      evidence,
    )
  } finally {
    await removeDrillRow(db, personId, { keepsRow: false })
  }
}

async function audit(context: Context): Promise<Finding> {
  const { rows, erased, checkpoints, faultCount, faults, head } = await context.controls.verifyAudit()
  const evidence = {
    rows,
    erased,
    checkpoints,
    faultCount,
    faults: faults.slice(0, 5),
    head: head?.root?.toString('hex'),
  }
  if (rows === 0)
    return { outcome: 'unavailable', finding: 'the audit is empty: there is nothing to check yet', evidence }
  return verdict(faultCount === 0, `${rows} rows, none altered`, `${faultCount} faults`, evidence)
}

async function encryption(context: Context): Promise<Finding> {
  const [personId, otherId] = [newId(), newId()]
  const { encryption: port } = context.ports
  const binding = 'consent_audit.drill'
  try {
    const sealed = await port.encryptFor(personId, Buffer.from(MARK), binding)
    const opened = (await port.decryptFor(personId, sealed, binding)).toString() === MARK
    const fails = async (work: Promise<unknown>) =>
      work.then(
        () => false,
        (error) => error instanceof PlatformError,
      )
    await port.encryptFor(otherId, Buffer.from('x'), binding)
    const evidence = {
      opened,
      hidden: !sealed.includes(MARK),
      refusedElsewhere: await fails(port.decryptFor(personId, sealed, 'consent_audit.elsewhere')),
      refusedToOthers: await fails(port.decryptFor(otherId, sealed, binding)),
    }
    return verdict(
      Object.values(evidence).every(Boolean),
      'sealed; opens for its person and place only',
      'see the evidence',
      evidence,
    )
  } finally {
    for (const id of [personId, otherId]) await context.controls.forgetDrill(id)
  }
}

async function drill(context: Context, about: 'exported' | 'left'): Promise<Finding> {
  const parts = []
  for (const { name } of context.contracts) {
    const part = await context.call(frameOperations(name).drillPart, {}).catch(() => undefined)
    parts.push({ service: name, ...(part ?? { available: true, written: 0, exported: 0, removed: 0, left: -1 }) })
  }
  const drilled = parts.filter((part) => part.available)
  const skipped = parts.filter((part) => !part.available).map((part) => part.service)
  const wrong = drilled.filter((part) =>
    about === 'left' ? part.left !== 0 || part.removed === 0 : part.exported === 0,
  )
  const evidence = { parts: drilled, withoutMadeUpData: skipped }
  if (drilled.length === 0)
    return { outcome: 'unavailable', finding: 'no service has made-up data to drill with', evidence }
  const right = `${drilled.length} of ${parts.length} services drilled`
  return verdict(wrong.length === 0, right, `wrong in ${wrong.map((part) => part.service).join(', ')}`, evidence)
}

async function requests(context: Context): Promise<Finding> {
  const { db } = context.system('requests of all people are counted')
  const overdue = await countOverdue(db, context.now())
  const late = await countLate(db, context.now())
  const right = 'no request and no notice of a breach is past its day'
  const wrong = `${overdue} requests and ${late} notices of breaches are past their day`
  return verdict(overdue + late === 0, right, wrong, { overdue, late })
}

/** Which service processes what, read from the contracts. */
export function processingOf(context: Context) {
  return context.contracts.map((contract) => {
    const accesses = [...Object.values(contract.operations), ...Object.values(contract.streams)].map(
      (one) => one.access,
    )
    const about = accesses.filter((access) => access.kind === 'person')
    return {
      service: contract.name,
      summary: contract.summary,
      categories: CATEGORIES.filter((category) => about.some((access) => access.category === category)),
      purposes: [...new Set(about.flatMap((access) => access.purpose ?? []))],
      operations: accesses.filter((access) => access.kind !== 'service').length,
    }
  })
}
