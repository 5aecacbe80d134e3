#!/usr/bin/env bash
# Registers with an edge through grpcurl, which gets the protocol by reflection, and openssl.
#
#     edge/examples/register.sh localhost:50051
#
# Prints the registration, or the status the edge refused it with and exits 1. With "spoil" as a second argument the
# signature is one of another challenge.
set -euo pipefail

address=$1 spoil=${2:-}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
field() { sed -n "s/.*\"$1\": *\"\([^\"]*\)\".*/\1/p"; }

openssl genpkey -algorithm ed25519 -out "$work/key.pem"
# The last 32 bytes of the DER form are the key.
openssl pkey -in "$work/key.pem" -pubout -outform DER | tail -c 32 >"$work/public"
peer_id=gf1$(openssl dgst -sha256 -binary "$work/public" | head -c 20 | base32 | tr A-Z a-z)

coproc edge { exec grpcurl -plaintext -d @ "$address" giggityflix.edge.v1.PeerEdgeService/Connect 2>&1; }
while read -r line <&"${edge[0]}"; do
  nonce=${nonce:-$(field nonce <<<"$line")} edge_id=${edge_id:-$(field edgeId <<<"$line")}
  [ -n "$nonce" ] && [ -n "$edge_id" ] && break
done
[ -z "$spoil" ] || nonce=$(head -c 32 /dev/zero | base64 -w0)

{
  printf 'giggityflix peer registration v1\0'
  base64 -d <<<"$nonce"
  printf '\0%s\0%s' "$edge_id" "$peer_id"
} >"$work/proof"
openssl pkeyutl -sign -inkey "$work/key.pem" -rawin -in "$work/proof" -out "$work/signature"
cat >&"${edge[1]}" <<JSON
{"registration": {"peerId": "$peer_id", "publicKey": "$(base64 -w0 "$work/public")",
  "signature": "$(base64 -w0 "$work/signature")", "protocolVersion": 1, "userAgent": "register.sh"}}
JSON
# The close of the stream, which the edge handles after its response.
exec {edge[1]}>&-

status=1
while read -r line <&"${edge[0]}"; do
  case $line in
    *connectionId*) echo "registered as $(field connectionId <<<"$line")" && status=0 ;;
    *Code:* | *Message:*) echo "$line" >&2 ;;
  esac
done
exit $status
