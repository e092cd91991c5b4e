import { useState } from 'preact/hooks'
import type { OutputOf } from '../../../kernel/contract.ts'
import { refresh, useQuery } from '../../../web/client/cache.ts'
import { call } from '../../../web/client/endpoint.ts'
import { ago, number } from '../../../web/format.ts'
import { Desk } from '../../../web/operations/Desk.tsx'
import { operationsTexts } from '../../../web/operations/texts.ts'
import { Shown } from '../../../web/parts/Page.tsx'
import { complain } from '../../../web/parts/Toast.tsx'
import { texts } from '../../../web/texts/catalogue.ts'
import type { consentAudit } from '../contract.ts'
import { overallStatus, runControls, verifyAudit } from './endpoints.ts'

type Operations = (typeof consentAudit)['operations']
type Report = OutputOf<Operations['verifyAudit']>
type Control = OutputOf<Operations['overallStatus']>['controls'][number]

/** Whether what the platform promises holds: the audit is whole, and the controls pass. */
export function DeskTrustPage() {
  return (
    <Desk tab="trust">
      <Audit />
      <Controls />
    </Desk>
  )
}

/** A button's work: it can't be begun twice, and says when it fails. */
function useWork(work: () => Promise<unknown>) {
  const [isBusy, setBusy] = useState(false)
  const run = () => {
    if (isBusy) return
    setBusy(true)
    work()
      .catch(complain)
      .finally(() => setBusy(false))
  }
  return { isBusy, run }
}

function Audit() {
  const t = operationsTexts().trust
  const [report, setReport] = useState<Report>()
  const { isBusy, run } = useWork(async () => setReport(await call(verifyAudit, {})))
  return (
    <section class="card">
      <div class="row">
        <h2>{t.audit}</h2>
        <button type="button" class="button quiet" aria-busy={isBusy} onClick={run}>
          {isBusy ? texts().form.busy : t.verify}
        </button>
      </div>
      <p class="soft">{t.auditText}</p>
      <div role="status">
        {report?.is_whole === true && (
          <p>
            <span class="tag good">{t.whole(number(report.rows), number(report.checkpoints))}</span>
          </p>
        )}
        {report?.is_whole === false && (
          <>
            <p class="notice bad">{t.faults(number(report.fault_count))}</p>
            <ul>
              {report.faults.slice(0, 50).map((one, index) => (
                <li key={index}>{one.detail}</li>
              ))}
            </ul>
          </>
        )}
      </div>
    </section>
  )
}

function Controls() {
  const t = operationsTexts().trust
  const answer = useQuery(overallStatus, {})
  const { isBusy, run } = useWork(async () => {
    await call(runControls, {})
    refresh()
  })
  return (
    <section class="card">
      <div class="row">
        <h2>{t.controls}</h2>
        <button type="button" class="button quiet" aria-busy={isBusy} onClick={run}>
          {isBusy ? texts().form.busy : t.run}
        </button>
      </div>
      <p class="soft">{t.controlsText}</p>
      <Shown answer={answer}>
        {({ controls }) => (
          <>
            <p>{t.statement}</p>
            <ul class="rows">
              {controls.map((one) => (
                <ControlRow key={one.control} control={one} />
              ))}
            </ul>
          </>
        )}
      </Shown>
    </section>
  )
}

/** What a control found, in the person's language; what names tables or services stays as it was written. */
function foundWords(finding: string | null): string {
  if (finding === null) return ''
  const numbers = finding.match(/\d+/g) ?? []
  const own = operationsTexts().trust.found[finding.replace(/\d+/g, '#')]
  return own?.replace(/#/g, () => numbers.shift() ?? '') ?? finding
}

const LOOKS: Readonly<Record<string, string>> = { passed: 'tag good', failed: 'tag bad' }

function ControlRow({ control }: { readonly control: Control }) {
  const t = operationsTexts().trust
  return (
    <li>
      <span class="grow">
        <strong>{t.what[control.control] ?? control.what}</strong>
        <small class="soft">
          <bdi>{foundWords(control.finding)}</bdi> {control.checked_at !== null && ago(control.checked_at)}
        </small>
      </span>
      <span class={LOOKS[control.status] ?? 'tag'}>{t.states[control.status]}</span>
    </li>
  )
}
