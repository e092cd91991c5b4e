import type { JobDefinition } from '../../../kernel/service.ts'
import { matchChanges } from '../handlers/subscriptions/noticing.ts'
import { forgetNotifications, notify, openSubscription } from '../handlers/subscriptions/telling.ts'
import type { VersionName } from '../store/subscriptions.ts'

export const subscriptionJobs: readonly JobDefinition[] = [
  {
    name: 'open-subscription',
    summary: 'Asks the endpoint of a new Subscription whether it listens.',
    run: (context, data) => openSubscription(context, String(data.subscription)),
  },
  {
    name: 'match-changes',
    summary: 'Finds out which Subscriptions a change of resources meets.',
    run: (context, data) => matchChanges(context, data.changes as VersionName[]),
  },
  {
    name: 'notify',
    summary: 'Sends a notification of a Subscription.',
    run: (context, data) => notify(context, String(data.notification)),
  },
  {
    name: 'forget-notifications',
    summary: 'Removes notifications that were told or given up a month ago.',
    everySeconds: 86_400,
    run: forgetNotifications,
  },
]
