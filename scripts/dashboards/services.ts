import {
  type Dashboard,
  latency,
  type Panel,
  processPanels,
  type Query,
  rate,
  rates,
  total,
  type Unit,
} from './dashboard.ts';

const panel = (title: string, description: string, unit: Unit, queries: readonly Query[]): Panel => ({
  title,
  description,
  unit,
  queries,
});
const series = (expr: string, legend: string): Query => ({ expr, legend });

function service(name: string, description: string, panels: readonly Panel[]): Dashboard {
  const title = `${name[0]?.toUpperCase()}${name.slice(1)}`;
  return { name, title, description, panels: [...panels, ...processPanels(name)] };
}

const gateway = service('gateway', 'The one GraphQL API: operations, subgraphs, subscriptions.', [
  panel('Operations', 'Operations answered, by name', 'reqps', [
    rates('gateway_operation_seconds_count', 'operation'),
  ]),
  panel('Latency of operations', 'Time to answer an operation', 's', latency('gateway_operation_seconds')),
  panel('Operations with errors', 'Operations by whether their answer has errors', 'reqps', [
    series(rate('gateway_operation_seconds_count', 'errors'), 'errors: {{errors}}'),
  ]),
  panel(
    'Latency of subgraphs',
    'Time a subgraph takes to answer',
    's',
    latency('gateway_subgraph_fetch_seconds', 'subgraph'),
  ),
  panel('Fetches by outcome', 'Fetches from subgraphs that were answered and that failed', 'reqps', [
    rates('gateway_subgraph_fetch_seconds_count', 'subgraph', 'outcome'),
  ]),
  panel('Fetches retried, shared, refused', 'Refused: by an open circuit breaker', 'reqps', [
    rates('gateway_subgraph_events_total', 'subgraph', 'event'),
  ]),
  panel('Subgraphs unavailable', 'Subgraphs that the gateway serves without', 'short', [
    series('gateway_subgraphs_unavailable', '{{instance}}'),
  ]),
  panel('Connections and subscriptions', 'Open WebSockets, and subscriptions at both ends', 'short', [
    series('sum(gateway_sockets)', 'WebSockets'),
    series('sum(gateway_subscriptions)', 'subscriptions of clients'),
    series('sum(gateway_upstream_subscriptions)', 'subscriptions at subgraphs'),
  ]),
  panel('Slow readers', 'Clients cut off because they read too slowly', 'reqps', [
    series(total('gateway_slow_readers_total'), 'clients'),
  ]),
]);

const edge = service('edge', 'The peers’ streams: who is connected, what is relayed in both directions.', [
  panel('Connections', 'Streams by state', 'short', [
    series('sum by (state) (edge_connections)', '{{state}}'),
  ]),
  panel('Registrations', 'Registrations by outcome', 'reqps', [rates('edge_registrations_total', 'outcome')]),
  panel('Messages of peers', 'Messages by type and outcome', 'reqps', [
    rates('edge_messages_received_total', 'type', 'outcome'),
  ]),
  panel(
    'Relay to the bus',
    'From reading a message off its stream until the bus has it',
    's',
    latency('edge_relay_seconds'),
  ),
  panel('Publishing', 'Until the bus has a batch, retries included', 's', latency('edge_publish_seconds')),
  panel('Held back', 'Bytes of messages that wait for the bus', 'bytes', [
    series('sum(edge_held_bytes)', 'held'),
  ]),
  panel('Streams slowed down', 'Streams not read because of the bus, and because of quotas', 'short', [
    series('sum(edge_held_streams)', 'held'),
    series('sum(edge_paced_streams)', 'paced'),
  ]),
  panel('Commands', 'Commands to peers by type and outcome', 'reqps', [
    rates('edge_commands_total', 'type', 'outcome'),
  ]),
  panel(
    'Latency of commands',
    'From sending a command to the peer’s answer',
    's',
    latency('edge_command_seconds'),
  ),
  panel('Commands unanswered', 'Commands that wait for their peer', 'short', [
    series('sum(edge_commands_unanswered)', 'commands'),
  ]),
]);

const tracker = service('tracker', 'Who has what, where, right now.', [
  panel('Peers', 'Peers that the tracker knows, by state', 'short', [
    series('max by (state) (tracker_peers)', '{{state}}'),
  ]),
  panel('Events applied', 'Events of edges, by type', 'reqps', [rates('tracker_events_total', 'type')]),
  panel('Behind the bus', 'How old the newest event is that was applied with all before it', 's', [
    series('tracker_events_behind_seconds', '{{instance}}'),
  ]),
  panel('Changes waiting', 'Changes of availability that wait to be published', 'short', [
    series('max(tracker_outbox_entries)', 'changes'),
  ]),
  panel('Changes published', 'Changes of availability that were published', 'reqps', [
    series(total('tracker_changes_published_total'), 'changes'),
  ]),
  panel('Announcements asked for', 'Peers asked to announce everything again', 'reqps', [
    series(total('tracker_announcements_requested_total'), 'announcements'),
  ]),
]);

const catalog = service('catalog', 'What exists: titles and their files, as peers describe them.', [
  panel('Events taken in', 'Events by kind', 'reqps', [rates('catalog_events_ingested_total', 'event')]),
  panel('Files awaited', 'Files that a request waits for', 'short', [
    series('sum(catalog_awaited_files)', 'files'),
  ]),
]);

const viewing = service('viewing', 'Who may watch: sessions, signals, limits.', [
  panel('Sessions asked for', 'Requests for a session, by outcome', 'reqps', [
    rates('viewing_sessions_requested_total', 'outcome'),
  ]),
  panel('Actions on sessions', 'Heartbeats, pauses, stops, by outcome', 'reqps', [
    rates('viewing_session_actions_total', 'action', 'outcome'),
  ]),
  panel('Sessions expired', 'Sessions whose heartbeats ended', 'reqps', [
    series(total('viewing_sessions_expired_total'), 'sessions'),
  ]),
  panel('Signals', 'WebRTC signals between viewers and peers, by outcome', 'reqps', [
    rates('viewing_signals_total', 'outcome'),
  ]),
  panel('Peers left', 'Peers that players left, by what they did wrong', 'reqps', [
    rates('viewing_source_problems_total', 'problem'),
  ]),
  panel(
    'Peers chosen last',
    'Peers of which players reported that they sent what is not of the file',
    'short',
    [series('max(viewing_demoted_peers)', 'peers')],
  ),
  panel(
    'Latency of the REST interface',
    'Time to answer, by route',
    's',
    latency('viewing_rest_request_seconds', 'route'),
  ),
  panel('Heartbeats dropped', 'Heartbeats that the outbox had no room for', 'reqps', [
    series(total('viewing_heartbeat_events_dropped_total'), 'heartbeats'),
  ]),
]);

const identity = service('identity', 'Who people are: sign-in, accounts, devices.', []);

const matchmaker = service('matchmaker', 'Rendezvous and STUN over UDP.', [
  panel('Registrations', 'Live registrations', 'short', [
    series('sum(matchmaker_registrations)', 'registrations'),
  ]),
  panel('Datagrams received', 'Datagrams by kind', 'reqps', [
    rates('matchmaker_datagrams_received_total', 'kind'),
  ]),
  panel('Datagrams sent', 'Datagrams by kind', 'reqps', [rates('matchmaker_datagrams_sent_total', 'kind')]),
]);

const peer = service('peer', 'A machine that shares: files, streams, the way to the edge.', [
  panel('Files', 'Files by state', 'short', [series('sum by (state) (giggityflix_peer_files)', '{{state}}')]),
  panel('Bytes hashed', 'Bytes of the library that were hashed', 'bytes', [
    series('sum(giggityflix_peer_hashed_bytes)', 'bytes'),
  ]),
  panel('Connected to an edge', 'Whether the stream to an edge is registered', 'short', [
    series('giggityflix_peer_edge_connected', '{{instance}}'),
  ]),
  panel('Messages unacknowledged', 'Messages that the edge has not acknowledged yet', 'short', [
    series('sum(giggityflix_peer_unacknowledged_messages)', 'messages'),
  ]),
  panel('Viewers', 'Viewers served now, and conversions that wait for a place', 'short', [
    series('sum(giggityflix_peer_streams)', 'viewers'),
    series('sum(giggityflix_peer_conversions_waiting)', 'conversions waiting'),
  ]),
  panel('Bytes sent', 'Bytes of films sent to viewers', 'bytes', [
    series(total('giggityflix_peer_sent_bytes_total'), 'bytes a second'),
  ]),
]);

/** One dashboard for each kind of process. */
export const SERVICES: readonly Dashboard[] = [
  gateway,
  edge,
  tracker,
  catalog,
  viewing,
  identity,
  matchmaker,
  peer,
];
