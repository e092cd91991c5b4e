import { listed } from '../../../web/format.ts'
import { Table } from '../../../web/parts/Table.tsx'
import { recordingTexts } from './recordingTexts.ts'
import type { ImportReport } from './shapes.ts'
import { devicesTexts } from './texts.ts'
import { named, sentence, sourceLabel, useMetricNames, whole } from './words.ts'

/** What an import took by measurement and source, what it left out and why, and the files of an archive. */
export function Report({ report }: { readonly report: ImportReport }) {
  const { taken, skipped, files } = report
  return (
    <>
      {taken.length > 0 && <Taken taken={taken} />}
      {skipped.length > 0 && <Skipped skipped={skipped} />}
      {files.length > 1 && <Files files={files} unlisted={report.unlisted_files} />}
    </>
  )
}

function Taken({ taken }: { readonly taken: ImportReport['taken'] }) {
  const t = devicesTexts().imports
  const nameOf = useMetricNames()
  const rows = [...taken].sort((left, right) => right.taken + right.duplicates - left.taken - left.duplicates)
  return (
    <section class="card">
      <h2>{t.tookTitle}</h2>
      <Table
        titles={[t.metric, t.source, sentence(t.taken), sentence(t.duplicates)]}
        rows={rows.map((one) => [
          <bdi>{one.metric === 'electrocardiogram' ? recordingTexts().title : nameOf(one.metric)}</bdi>,
          <bdi>{sourceLabel(one.source)}</bdi>,
          whole(one.taken),
          whole(one.duplicates),
        ])}
      />
    </section>
  )
}

function Skipped({ skipped }: { readonly skipped: ImportReport['skipped'] }) {
  const t = devicesTexts().imports
  return (
    <section class="card">
      <h2>{t.skipTitle}</h2>
      <ul class="rows">
        {skipped.map((one) => (
          <li key={`${one.reason} ${one.what}`}>
            <span class="grow">
              <strong>{named(t.reasons, one.reason)}</strong>
              <small class="soft" dir="auto">
                {one.what}
                {one.places.length > 0 && ` · ${t.place(listed(one.places.map(placeWord)))}`}
              </small>
            </span>
            <span class="tabular">{whole(one.count)}</span>
          </li>
        ))}
      </ul>
    </section>
  )
}

/** `0:#14` is the 14th of the only file. */
function placeWord(place: string): string {
  return place.replace(/^0:/, '')
}

function Files({ files, unlisted }: { readonly files: ImportReport['files']; readonly unlisted: number }) {
  const t = devicesTexts().imports
  return (
    <section class="card">
      <details>
        <summary>
          <h2>{t.filesTitle(files.length + unlisted)}</h2>
        </summary>
        <ul class="rows">
          {files.map((one) => (
            <li key={one.index}>
              <span class="grow">
                <span dir="auto">{one.name}</span>
                {one.fault !== null && <small class="soft">{named(t.faults, one.fault)}</small>}
              </span>
              <span class={`tag ${one.outcome === 'read' ? 'good' : ''}`}>{t.outcomes[one.outcome]}</span>
            </li>
          ))}
        </ul>
        {unlisted > 0 && <p class="soft">{t.moreFiles(whole(unlisted))}</p>}
      </details>
    </section>
  )
}
