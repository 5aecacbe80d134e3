export * from './artwork.ts';
export * from './catalog-id.node.ts';
export * from './catalog-id.ts';
export * from './generated/giggityflix/edge/v1/peer_edge.ts';
export { descriptionFromMessage, descriptionToMessage } from './media-file/message.ts';
export * from './message-costs.ts';
export * from './registration.ts';
