import { Link } from '../router.tsx'
import { texts } from '../texts/catalogue.ts'

/** The way to help, on every page and in every window. */
export function SosLink({
  isCurrent = false,
  isAlone = false,
}: {
  readonly isCurrent?: boolean
  readonly isAlone?: boolean
}) {
  return (
    <Link
      to="/app/sos"
      class={isAlone ? 'sos alone' : 'sos'}
      isCurrent={isCurrent}
      label={`SOS: ${texts().offline.sos}`}
    >
      SOS
    </Link>
  )
}
