import type { OfferChannel } from '@giggityflix/player';

/** The player's WebRTC over the browser's own. */
export const offerChannel: OfferChannel = ({ label, iceServers }, events) => {
  const connection = new RTCPeerConnection({ iceServers });
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
  const offer = async () => {
    const { sdp = '' } = await connection.createOffer();
    await connection.setLocalDescription({ type: 'offer', sdp });
    return sdp;
  };
  return {
    offer: offer(),
    accept: (sdp) => connection.setRemoteDescription({ type: 'answer', sdp }),
    addCandidate: (candidate) => void connection.addIceCandidate(candidate).catch(() => {}),
    send(text) {
      if (channel.readyState === 'open') channel.send(text);
    },
    close: () => connection.close(),
  };
};
