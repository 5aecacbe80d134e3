export * from './generated/giggityflix/edge/v1/peer_edge.ts';
export * from './registration.ts';
