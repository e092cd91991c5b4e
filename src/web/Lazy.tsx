import { useEffect, useState } from 'preact/hooks'
import { isAway } from './client/endpoint.ts'
import { Skeleton } from './parts/Page.tsx'
import type { PageComponent, Params, Place } from './places.ts'
import { texts } from './texts/catalogue.ts'

/** A page whose code is fetched when it is opened. */
export function Lazy({ place, params }: { readonly place: Place; readonly params: Params }) {
  const [found, setFound] = useState<{ readonly Page: PageComponent }>()
  const [isLost, setLost] = useState(false)
  useEffect(() => {
    let isHere = true
    const show = (Page: PageComponent) => isHere && setFound({ Page })
    place.load().then(show, () => isHere && setLost(true))
    return () => {
      isHere = false
    }
  }, [place])
  if (isLost) {
    return (
      <div class="page">
        <p class="notice bad" role="alert">
          {navigator.onLine && !isAway.get() ? texts().errors.pageLost : texts().errors.unreachable}
        </p>
        <button type="button" class="button" onClick={() => location.reload()}>
          {texts().errors.retry}
        </button>
      </div>
    )
  }
  if (found === undefined) {
    return (
      <div class="page">
        <Skeleton />
      </div>
    )
  }
  return <found.Page params={params} />
}
