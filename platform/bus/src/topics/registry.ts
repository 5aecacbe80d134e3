import { parseEnvironment, type RawEnvironment } from '@giggityflix/kernel';
import { z } from 'zod';
import * as access from './access.ts';
import * as enrolment from './enrolment.ts';
import * as events from './events.ts';
import { type PeerMediaDescribed, peerMediaDescribed } from './media-described.ts';
import type { Topic } from './topic.ts';
import { TOPIC_DESCRIPTIONS } from './topic-descriptions.ts';
import { edgeId } from './values.ts';

type TopicName = keyof typeof TOPIC_DESCRIPTIONS;

/** What Kafka accepts as a topic name. */
const topicName = z
  .string()
  .regex(/^[A-Za-z0-9._-]{1,249}$/, 'expected 1 to 249 letters, digits, ".", "_" or "-"');
const topicPattern = z
  .string()
  .regex(/^[A-Za-z0-9._-]*\{\}[A-Za-z0-9._-]*$/, 'expected a topic name with {} where the edge id goes')
  .max(149);

const PATTERNS: ReadonlySet<TopicName> = new Set(['edgeCommands', 'edgeDeadLetters']);

/** The variables that rename topics, for the schema of each service's environment. */
export const topicVariables = Object.fromEntries(
  Object.entries(TOPIC_DESCRIPTIONS).flatMap(([name, { variables }]) =>
    variables.map((variable) => [
      variable,
      (PATTERNS.has(name as TopicName) ? topicPattern : topicName)
        .optional()
        .meta({ description: `Renames ${topicsRenamedBy(variable)}` }),
    ]),
  ),
) as Record<string, z.ZodOptional<z.ZodString>>;

function topicsRenamedBy(variable: string): string {
  return Object.values(TOPIC_DESCRIPTIONS)
    .filter(({ variables }) => (variables as readonly string[]).includes(variable))
    .map(({ defaultName }) => `\`${defaultName}\``)
    .join(' and ');
}

export interface Topics {
  peerConnectionEstablished: Topic<events.PeerConnectionEstablished>;
  peerConnectionClosed: Topic<events.PeerConnectionClosed>;
  /**
   * What a consumer of both halves of a connection's life reads: two topics, or the single one that
   * `KAFKA_PEER_LIFECYCLE_EVENTS_TOPIC` names.
   */
  peerLifecycle: readonly Topic<events.PeerLifecycleEvent>[];
  peerConnectionHeartbeat: Topic<events.PeerConnectionHeartbeat>;
  peerCatalogUpdated: Topic<events.PeerCatalogUpdated>;
  peerHoldingChecked: Topic<events.PeerHoldingChecked>;
  peerMediaDescribed: Topic<PeerMediaDescribed>;
  artworkCaptured: Topic<events.ArtworkCaptured>;
  peerInvitationChanged: Topic<enrolment.PeerInvitationChanged>;
  peerEnrolled: Topic<enrolment.PeerEnrolled>;
  peerAccessChanged: Topic<enrolment.PeerAccessChanged>;
  identityAccessChanged: Topic<access.IdentityAccessChanged>;
  fileDeleteResponses: Topic<events.CommandResponse>;
  fileHashResponses: Topic<events.CommandResponse>;
  screenshotCaptureResponses: Topic<events.CommandResponse>;
  peerPlaybackSignals: Topic<events.PeerPlaybackSignal>;
  catalogAvailabilityChanged: Topic<events.CatalogAvailabilityChanged>;
  catalogSubscriptionMatched: Topic<events.CatalogSubscriptionMatched>;
  playbackEvents: Topic<events.PlaybackEvent>;
  /** The commands of one edge. */
  edgeCommands(edge: string): Topic<events.EdgeCommand>;
  /** The name of the topic that takes the commands one edge could not deliver. */
  edgeDeadLetterTopic(edge: string): string;
}

/**
 * Resolves every topic from the variables of both documents. Where two variables name the same topic
 * the more specific one (listed first in {@link TOPIC_DESCRIPTIONS}) wins.
 *
 * @throws EnvironmentError for a name Kafka would refuse.
 */
export function resolveTopics(env: RawEnvironment): Topics {
  const variables = parseEnvironment(z.object(topicVariables), env) as Record<string, string | undefined>;
  const nameOf = (topic: TopicName): string => {
    const { defaultName, variables: names } = TOPIC_DESCRIPTIONS[topic];
    return names.map((name) => variables[name]).find((value) => value !== undefined) ?? defaultName;
  };
  const define = <T>(topic: TopicName, schema: z.ZodType<T>): Topic<T> => ({
    name: nameOf(topic),
    schema,
    type: TOPIC_DESCRIPTIONS[topic].defaultName,
  });
  const commands = nameOf('edgeCommands');
  const deadLetters = nameOf('edgeDeadLetters');
  const established = define('peerConnectionEstablished', events.peerConnectionEstablished);
  const closed = define('peerConnectionClosed', events.peerConnectionClosed);
  return {
    peerConnectionEstablished: established,
    peerConnectionClosed: closed,
    peerLifecycle:
      established.name === closed.name
        ? [
            {
              ...established,
              schema: z.discriminatedUnion('event_type', [
                unDefaulted('connected'),
                unDefaulted('disconnected'),
              ]) as z.ZodType<events.PeerLifecycleEvent>,
            },
          ]
        : [established, closed],
    peerConnectionHeartbeat: define('peerConnectionHeartbeat', events.peerConnectionHeartbeat),
    peerCatalogUpdated: define('peerCatalogUpdated', events.peerCatalogUpdated),
    peerHoldingChecked: define('peerHoldingChecked', events.peerHoldingChecked),
    peerMediaDescribed: define('peerMediaDescribed', peerMediaDescribed),
    artworkCaptured: define('artworkCaptured', events.artworkCaptured),
    peerInvitationChanged: define('peerInvitationChanged', enrolment.peerInvitationChanged),
    peerEnrolled: define('peerEnrolled', enrolment.peerEnrolled),
    peerAccessChanged: define('peerAccessChanged', enrolment.peerAccessChanged),
    identityAccessChanged: define('identityAccessChanged', access.identityAccessChanged),
    fileDeleteResponses: define('fileDeleteResponses', events.commandResponse),
    fileHashResponses: define('fileHashResponses', events.commandResponse),
    screenshotCaptureResponses: define('screenshotCaptureResponses', events.commandResponse),
    peerPlaybackSignals: define('peerPlaybackSignals', events.peerPlaybackSignal),
    catalogAvailabilityChanged: define('catalogAvailabilityChanged', events.catalogAvailabilityChanged),
    catalogSubscriptionMatched: define('catalogSubscriptionMatched', events.catalogSubscriptionMatched),
    playbackEvents: define('playbackEvents', events.playbackEvent),
    edgeCommands: (edge) => ({
      name: commands.replace('{}', edgeId.parse(edge)),
      schema: events.edgeCommand,
      type: 'edge.command',
    }),
    edgeDeadLetterTopic: (edge) => deadLetters.replace('{}', edgeId.parse(edge)),
  };
}

/** On a shared topic the two events are distinguished by `event_type`, so there it is required. */
function unDefaulted(type: 'connected' | 'disconnected') {
  return type === 'connected'
    ? events.peerConnectionEstablished.extend({ event_type: z.literal('connected') })
    : events.peerConnectionClosed.extend({ event_type: z.literal('disconnected') });
}
