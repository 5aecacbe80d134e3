import type { OfferChannel } from '@giggityflix/player';

/** The player's WebRTC over the browser's own. */
export const offerChannel: OfferChannel = ({ label, iceServers }, events) => {
  const isAhead = !Array.isArray(iceServers);
  const connection = new RTCPeerConnection(isAhead ? {} : { iceServers });
  const channel = connection.createDataChannel(label);
  channel.binaryType = 'arraybuffer';
  channel.onopen = events.opened;
  channel.onclose = events.closed;
  channel.onmessage = ({ data }) => events.message(typeof data === 'string' ? data : new Uint8Array(data));
  connection.onconnectionstatechange = () => events.state(connection.connectionState);
  connection.onicecandidate = ({ candidate }) => {
    if (!candidate?.candidate) return;
    const { sdpMid, sdpMLineIndex } = candidate;
    events.candidate({ candidate: candidate.candidate, sdpMid, sdpMLineIndex });
  };
  const made = connection.createOffer().then(({ sdp = '' }) => sdp);
  const describe = async () => {
    const sdp = await made;
    // Candidates are looked for with the servers of this moment, and with no others until the next offer.
    if (isAhead) connection.setConfiguration({ iceServers: await iceServers });
    await connection.setLocalDescription({ type: 'offer', sdp });
    return sdp;
  };
  const described = describe();
  described.catch(() => {});
  return {
    offer: isAhead ? made : described,
    async accept(sdp) {
      await described;
      await connection.setRemoteDescription({ type: 'answer', sdp });
    },
    addCandidate: (candidate) => void connection.addIceCandidate(candidate).catch(() => {}),
    send(text) {
      if (channel.readyState === 'open') channel.send(text);
    },
    close: () => connection.close(),
  };
};
