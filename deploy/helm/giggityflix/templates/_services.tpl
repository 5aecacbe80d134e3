{{/*
What the services are: command, listeners, and which variables they get. `secrets` names the entry of the Secret that
each secret variable is read from, `uses` the stores and services that it connects to.
*/}}
{{- define "giggityflix.services" -}}
{{- $v := .Values -}}
{{- $name := include "giggityflix.name" . -}}
{{- $subgraphs := list (printf "catalog=http://%s-catalog:8082/graphql" $name) (printf "tracker=http://%s-tracker:8000/graphql" $name) (printf "viewing=http://%s-viewing:8080/graphql" $name) -}}
{{- if $v.services.identity.enabled -}}
{{- $subgraphs = append $subgraphs (printf "identity=http://%s-identity:8081/graphql" $name) -}}
{{- end -}}
gateway:
  command: gateway/src/main.ts
  port: 4000
  uses: [kafka, providers, catalog, tracker, viewing, identity]
  secrets: { SERVICE_TOKENS: service-tokens }
  env:
    SUPERGRAPH_FILE: /app/deploy/{{ ternary "supergraph-people" "supergraph" $v.services.identity.enabled }}.graphql
    SUBGRAPHS: {{ join "," $subgraphs | quote }}
    GATEWAY_WEB_ROOT: /app/web/dist
    GATEWAY_INTROSPECTION: "false"
    GATEWAY_GRAPHIQL: "false"
    {{- with $v.services.gateway.hosts }}
    ALLOWED_HOSTS: {{ . | quote }}
    {{- end }}
    {{- with $v.services.gateway.signInClientId }}
    SIGN_IN_CLIENT_ID: {{ . | quote }}
    SIGN_IN_ISSUER: {{ $v.auth.issuer | quote }}
    {{- end }}
    {{- with $v.services.gateway.trustedProxies }}
    TRUSTED_PROXIES: {{ . | quote }}
    {{- end }}
catalog:
  command: subgraphs/catalog/src/main.ts
  port: 8082
  uses: [kafka, postgres, providers, identity]
  secrets: { SERVICE_TOKENS: service-tokens, DATABASE_URL: catalog-database-url }
  env: {}
tracker:
  command: subgraphs/tracker/src/main.ts
  port: 8000
  uses: [kafka, redis, providers, catalog, identity]
  secrets: { SERVICE_TOKENS: service-tokens, SERVICE_TOKEN: service-token }
  env:
    CATALOG_SERVICE_URL: http://{{ $name }}-catalog:8082
viewing:
  command: subgraphs/viewing/src/main.ts
  port: 8080
  uses: [kafka, redis, postgres, providers, catalog, tracker, identity]
  secrets: { SERVICE_TOKENS: service-tokens, SERVICE_TOKEN: service-token, DATABASE_URL: viewing-database-url }
  env:
    IDENTITY_SERVICE_URL: {{ $v.services.viewing.identityUrl | quote }}
    CONTENT_SERVICE_URL: http://{{ $name }}-catalog:8082
    TRACKER_SERVICE_URL: http://{{ $name }}-tracker:8000
identity:
  command: subgraphs/identity/src/main.ts
  port: 8081
  uses: [kafka, postgres, providers, catalog]
  secrets: { SERVICE_TOKENS: service-tokens, SERVICE_TOKEN: service-token, DATABASE_URL: identity-database-url }
  env:
    PAGE_REDIRECT_URIS: {{ $v.services.identity.redirectUris | quote }}
    CATALOG_SERVICE_URL: http://{{ $name }}-catalog:8082
    {{- with $v.services.identity.trustedProxies }}
    TRUSTED_PROXIES: {{ . | quote }}
    {{- end }}
matchmaker:
  command: matchmaker/src/main.ts
  port: 8084
  public: { name: rendezvous, port: 12345, protocol: UDP }
  uses: [redis, providers, identity]
  secrets: { SERVICE_TOKENS: service-tokens }
  env: {}
edge:
  command: edge/src/main.ts
  port: 8083
  public: { name: grpc, port: 50051, protocol: TCP }
  uses: [kafka, redis, providers, viewing]
  secrets: { NETWORK_NAME_SECRET: network-name-secret }
  env:
    GRPC_CERT_PATH: /certs/tls.crt
    GRPC_KEY_PATH: /certs/tls.key
    # One process a pod: more pods share the work instead.
    GRPC_MAX_WORKERS: "1"
    DRAIN_TIMEOUT_SEC: {{ $v.services.edge.drainSeconds | quote }}
    PLAYBACK_JWKS_URL: http://{{ $name }}-viewing:8080/.well-known/jwks.json
{{- end -}}

{{/* Variables that follow from what a service uses. */}}
{{- define "giggityflix.commonEnv" -}}
{{- $v := .root.Values -}}
NODE_ENV: production
METRICS_ALLOWED: {{ $v.metrics.allowed | quote }}
HEALTH_PORT: {{ .service.port | quote }}
{{- if has "kafka" .service.uses }}
KAFKA_BOOTSTRAP_SERVERS: {{ $v.kafka.bootstrapServers | quote }}
{{- end }}
{{- if has "redis" .service.uses }}
{{- if $v.redis.clusterNodes }}
REDIS_CLUSTER_NODES: {{ $v.redis.clusterNodes | quote }}
{{- else }}
REDIS_HOST: {{ $v.redis.host | quote }}
{{- end }}
{{- end }}
{{- if ne .name "edge" }}
AUTH_ISSUER: {{ $v.auth.issuer | quote }}
AUTH_AUDIENCE: {{ $v.auth.audience | quote }}
{{- if ne .name "identity" }}
AUTH_JWKS_URL: {{ $v.auth.jwksUrl | quote }}
{{- end }}
{{- end }}
{{- range $name, $value := $v.env }}
{{- $store := ternary "kafka" (ternary "redis" (ternary "postgres" "" (hasPrefix "PG" $name)) (hasPrefix "REDIS_" $name)) (hasPrefix "KAFKA_" $name) }}
{{- $traced := or (not (hasPrefix "OTEL_" $name)) (ne $.name "matchmaker") }}
{{- if and $traced (or (eq $store "") (has $store $.service.uses)) }}
{{ $name }}: {{ $value | quote }}
{{- end }}
{{- end }}
{{- end -}}
