import type { OutputOf } from '../../../kernel/contract.ts'
import { useQuery } from '../../../web/client/cache.ts'
import { call } from '../../../web/client/endpoint.ts'
import { Shown } from '../../../web/parts/Page.tsx'
import { complain } from '../../../web/parts/Toast.tsx'
import { Link } from '../../../web/router.tsx'
import type { deviceData } from '../contract.ts'
import { connectIntegration, createDevice, listDevices, supportedIntegrations } from './endpoints.ts'
import { devicesTexts } from './texts.ts'

type Provider = OutputOf<(typeof deviceData)['operations']['supportedIntegrations']>['items'][number]

const DEVICE_TYPES: Readonly<Record<string, string>> = {
  dexcom: 'continuous_glucose_monitor',
  oura: 'smart_ring',
  fitbit: 'fitness_tracker',
  withings: 'scale',
}

/** Makers whose accounts can be connected; one that this server has no keys for says so, and offers its file. */
export function Providers() {
  const t = devicesTexts()
  const answer = useQuery(supportedIntegrations, {})
  return (
    <section class="card">
      <h2>{t.providers.title}</h2>
      <p class="soft">{t.providers.text}</p>
      <Shown answer={answer}>
        {({ items }) => (
          <ul class="rows">
            {items
              .filter((one) => one.way === 'oauth')
              .map((one) => (
                <ProviderRow key={one.provider} provider={one} />
              ))}
          </ul>
        )}
      </Shown>
      <p class="soft">{t.providers.others}</p>
    </section>
  )
}

function ProviderRow({ provider }: { readonly provider: Provider }) {
  const t = devicesTexts().providers
  const { value } = useQuery(listDevices, { limit: 200 })
  const { provider: name, label, is_configured: isConfigured } = provider
  const connect = async () => {
    const known = value?.items.find((one) => one.settings.provider === name)
    const device =
      known ??
      (await call(createDevice, {
        name: label,
        device_type: DEVICE_TYPES[name] ?? 'other',
        connection_type: 'api',
        status: 'connecting',
        settings: { provider: name },
      }))
    const begun = await call(connectIntegration, { device_id: device.id, provider: name, return_to: '/app/devices' })
    location.assign(begun.authorization_url)
  }
  return (
    <li>
      <span class="grow">
        <strong>{label}</strong>
        {!isConfigured && <small class="soft">{t.notHere}</small>}
      </span>
      {isConfigured ? (
        <button
          type="button"
          class="button quiet"
          disabled={value === undefined}
          onClick={() => connect().catch(complain)}
        >
          {t.connect(label)}
        </button>
      ) : (
        <Link to="/app/imports" class="button quiet" label={`${t.viaFile}: ${label}`}>
          {t.viaFile}
        </Link>
      )}
    </li>
  )
}
