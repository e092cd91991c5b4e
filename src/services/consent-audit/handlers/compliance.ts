import { newestOf } from '../../../kernel/audit/summary.ts'
import type { InputOf } from '../../../kernel/contract.ts'
import type { Context } from '../../../kernel/service.ts'
import { CONTROLS, type ControlName } from '../contract/compliance.ts'
import type { consentAudit } from '../contract.ts'
import { CONTROL_WORDS, FRAMEWORKS, type FrameworkKey, statusOf } from '../domain/frameworks.ts'
import { type ControlRow, latestRuns, listRuns } from '../store/controls.ts'
import { rowView } from './audit.ts'
import { processingOf, runControls } from './controls.ts'

type Operations = typeof consentAudit.operations

export const complianceHandlers = {
  gdprStatus: (context: Context) => status(context, 'gdpr'),
  hipaaStatus: (context: Context) => status(context, 'hipaa'),
  dpdpStatus: (context: Context) => status(context, 'dpdp'),
  overallStatus: (context: Context) => status(context, 'overall'),
  privacyRuleStatus: (context: Context) => status(context, 'hipaa-privacy'),
  securityRuleStatus: (context: Context) => status(context, 'hipaa-security'),
  runControls: run,
  listReports,
  readChecklist,
  processingActivities: async (context: Context) => ({ items: processingOf(context) }),
  phiAccessLog,
  businessAssociates,
}

const runsDb = (context: Context) => context.system('runs of controls are of nobody').db

async function status(context: Context, key: FrameworkKey) {
  const { name, duties } = FRAMEWORKS[key]
  const latest = new Map((await latestRuns(runsDb(context))).map((row) => [row.control, row]))
  const wanted = CONTROLS.filter((control) =>
    duties.some((duty) => (duty.controls as readonly string[]).includes(control)),
  )
  const controls = wanted.map((control) => controlView(control, latest.get(control), duties))
  const { status: overall, score } = statusOf(controls.map((one) => one.status))
  const dates = controls.flatMap((one) => one.checked_at ?? []).sort()
  return {
    framework: name,
    status: overall,
    statement:
      'This says which technical controls were executed, when, and what came of each. It is not a certificate: a law asks for more than software can test.',
    score,
    controls,
    violations: controls.filter((one) => one.status === 'failed').length,
    not_covered: duties.filter((duty) => duty.controls.length === 0).map((duty) => `${duty.article}: ${duty.duty}`),
    checked_at: dates[0] ?? null,
    generated_at: context.now().toISOString(),
  }
}

function controlView(
  control: ControlName,
  row: ControlRow | undefined,
  duties: readonly { readonly article: string; readonly controls: readonly ControlName[] }[],
) {
  return {
    control,
    what: CONTROL_WORDS[control],
    status: row?.outcome ?? ('not yet checked' as const),
    finding: row?.finding ?? null,
    checked_at: row?.ran_at.toISOString() ?? null,
    evidence: row?.evidence ?? null,
    supports: duties.filter((duty) => duty.controls.includes(control)).map((duty) => duty.article),
  }
}

async function run(context: Context, { controls }: InputOf<Operations['runControls']>) {
  await runControls(context, controls)
  return status(context, 'overall')
}

async function listReports(context: Context, { limit = 100 }: { limit?: number }) {
  const rows = await listRuns(runsDb(context), limit)
  return { items: rows.map(({ ran_at, ...row }) => ({ ...row, ran_at: ran_at.toISOString() })) }
}

async function readChecklist(context: Context, { framework }: InputOf<Operations['readChecklist']>) {
  const latest = new Map((await latestRuns(runsDb(context))).map((row) => [row.control, row]))
  const items = FRAMEWORKS[framework].duties.map(({ article, duty, controls }) => {
    const rows = controls.map((control) => latest.get(control))
    const dates = rows.flatMap((row) => row?.ran_at.toISOString() ?? []).sort()
    return { article, duty, controls: [...controls], status: stateOf(rows), checked_at: dates[0] ?? null }
  })
  return { framework, items }
}

/** The worst of several controls; a duty without any has none to show. */
function stateOf(rows: readonly (ControlRow | undefined)[]) {
  if (rows.length === 0) return 'no control' as const
  if (rows.some((row) => row?.outcome === 'failed')) return 'failed' as const
  if (rows.some((row) => row === undefined)) return 'not yet checked' as const
  return rows.some((row) => row?.outcome === 'unavailable') ? ('unavailable' as const) : ('passed' as const)
}

async function phiAccessLog(context: Context, { limit = 100 }: { limit?: number }) {
  context.audit({ action: 'audit_read' })
  const { db } = context.system('the audit of all people, for those who answer for it')
  return {
    items: (await newestOf(db, { actions: ['read', 'write', 'emergency_override', 'link_opened'] }, limit)).map(
      rowView,
    ),
  }
}

async function businessAssociates(context: Context) {
  const { channels } = context.ports.notifications
  const items = Object.entries(channels).flatMap(([channel, through]) =>
    through === undefined ? [] : [{ name: through, receives: `addresses and texts of messages (${channel})` }],
  )
  return {
    items,
    note: 'Read from what is configured for this process; contracts with these companies are not kept here.',
  }
}
