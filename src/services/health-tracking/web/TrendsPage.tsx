import { useQuery } from '../../../web/client/cache.ts'
import { ago } from '../../../web/format.ts'
import { Empty, Page, Shown } from '../../../web/parts/Page.tsx'
import { Link } from '../../../web/router.tsx'
import { recordTexts } from '../../../web/texts/record.ts'
import { dashboard } from './endpoints.ts'
import { Usual } from './MetricTile.tsx'
import { type Reading, readingsOf } from './words.ts'

/** Every metric that was measured, with where it goes. */
export function TrendsPage() {
  const t = recordTexts()
  const answer = useQuery(dashboard, {})
  return (
    <Page
      title={t.trends.title}
      lead={t.trends.lead}
      aside={
        <Link to="/app/labs" class="button quiet">
          {t.trends.labs}
        </Link>
      }
    >
      <Shown answer={answer}>
        {({ metrics }) =>
          metrics.length === 0 ? (
            <Empty
              text={t.trends.empty}
              action={
                <Link to="/app/add" class="button">
                  {t.today.addFirst}
                </Link>
              }
            />
          ) : (
            <ul class="rows card courses">
              {readingsOf(metrics).map((reading) => (
                <Course key={reading.tile.metric_type} reading={reading} />
              ))}
            </ul>
          )
        }
      </Shown>
    </Page>
  )
}

function Course({ reading }: { readonly reading: Reading }) {
  const t = recordTexts()
  const { tile, label, figure, unit } = reading
  return (
    <li>
      <Link to={`/app/trends/${tile.metric_type}`} class="course">
        <span class="grow">
          <strong>{label}</strong>
          <small class="soft">{ago(tile.at)}</small>
        </span>
        <span class="gauge">
          <Usual tile={tile} />
        </span>
        <span class="end">
          <bdi class="tabular">
            {figure} {unit}
          </bdi>
          <span class={`tag ${tile.trend.direction}`}>{t.evidence.directions[tile.trend.direction]}</span>
        </span>
      </Link>
    </li>
  )
}
