import { type Dashboard, latency, rate, rates, total } from './dashboard.ts';

/** The way of an event from the peer that describes a file to the subscriber who is notified, stage by stage. */
export const LOOP: Dashboard = {
  name: 'loop',
  title: 'Loop: from file described to subscriber notified',
  description: 'Each stage in the order of the way; where one rises and the next does not, the event waits.',
  panels: [
    {
      title: '1 · Edges take messages of peers',
      description: 'Descriptions, catalog updates and heartbeats, by type',
      unit: 'reqps',
      queries: [rates('edge_messages_received_total', 'type')],
    },
    {
      title: '2 · Edges relay to the bus',
      description: 'From reading a message off its stream until the bus has it',
      unit: 's',
      queries: latency('edge_relay_seconds'),
    },
    {
      title: '3 · Records published',
      description: 'Records that the bus acknowledged, by topic',
      unit: 'reqps',
      queries: [rates('bus_published_total', 'topic')],
    },
    {
      title: '4 · Records waiting',
      description: 'Records of each topic that a group has yet to finish',
      unit: 'short',
      queries: [{ expr: 'sum by (topic, group) (bus_lag_records)', legend: '{{group}}: {{topic}}' }],
    },
    {
      title: '5 · Handling a record',
      description: 'From the first call of the handler to the end of a record, retries included',
      unit: 's',
      queries: latency('bus_handle_seconds', 'group'),
    },
    {
      title: '6 · Catalog knows the title',
      description: 'Events that the catalog took in, by kind',
      unit: 'reqps',
      queries: [rates('catalog_events_ingested_total', 'event')],
    },
    {
      title: '7 · Tracker knows the peer',
      description: 'How far the tracker is behind the bus, and the changes that wait to be published',
      unit: 'short',
      queries: [
        { expr: 'max(tracker_events_behind_seconds)', legend: 'seconds behind' },
        { expr: 'max(tracker_outbox_entries)', legend: 'changes waiting' },
      ],
    },
    {
      title: '8 · Availability published',
      description: 'Changes of availability that the tracker published',
      unit: 'reqps',
      queries: [{ expr: total('tracker_changes_published_total'), legend: 'changes' }],
    },
    {
      title: '9 · Subscribers notified',
      description: 'Events delivered to clients, and the clients that listen',
      unit: 'short',
      queries: [
        {
          expr: total('gateway_subscription_events_total'),
          legend: 'events a second',
        },
        { expr: 'sum(gateway_subscriptions)', legend: 'subscriptions' },
      ],
    },
    {
      title: 'Consumers receiving',
      description: '0: a consumer joins its group again after a failure, or hangs',
      unit: 'short',
      queries: [
        { expr: 'min by (service, consumer) (bus_consumer_up)', legend: '{{service}}: {{consumer}}' },
      ],
    },
    {
      title: 'Retries and dead letters',
      description: 'Handler calls that failed and were repeated, and records given up',
      unit: 'reqps',
      queries: [
        { expr: rate('bus_retries_total', 'group'), legend: '{{group}} retries' },
        { expr: rate('bus_dead_letters_total', 'group'), legend: '{{group}} dead letters' },
      ],
    },
  ],
};
